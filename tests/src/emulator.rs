//! Emulators of AWS, on ports of this machine that nobody else reaches.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process::Process;
use crate::python::Venv;
use crate::{http, wait, workspace};

/// Long enough for a machine that is busy with the other tests.
const START: Duration = Duration::from_secs(60);
const ATTEMPTS: usize = 5;

/// A running emulator; ends when dropped.
#[derive(Debug)]
pub struct Emulator {
    /// Where every service answers, for `AWS_ENDPOINT_URL`.
    pub endpoint: String,
    _process: Process,
}

impl Emulator {
    /// Starts ministack, which keeps its files in `folder`.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn ministack(folder: &Path) -> Self {
        let program = Venv::of("ministack").program("ministack");
        Self::start(folder, "/_ministack/health", |endpoint, port| {
            let mut command = Command::new(&program);
            command
                .env("BIND_HOST", "127.0.0.1")
                .env("GATEWAY_PORT", port.to_string())
                // Its functions inherit its environment.
                .env("AWS_ENDPOINT_URL", endpoint)
                .env("IOT_MTLS_ENABLED", "false");
            command
        })
    }

    /// Starts LocalStack with functions as host processes; it keeps its files
    /// in `folder`.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn localstack(folder: &Path) -> Self {
        let python = Venv::of("localstack").program("python");
        Self::start(folder, "/_localstack/health", |_, port| {
            let mut command = Command::new(&python);
            command
                .arg(workspace::root().join("tests/emulators/native_lambda.py"))
                .env("GATEWAY_LISTEN", format!("127.0.0.1:{port}"))
                .env("LOCALSTACK_HOST", format!("127.0.0.1:{port}"))
                // The other server listens on all interfaces.
                .env("GATEWAY_SERVER", "hypercorn")
                .env("OVERRIDE_IN_DOCKER", "0")
                .env("LOCALSTACK_VOLUME_DIR", folder.join("volume"))
                .env("SQS_ENDPOINT_STRATEGY", "off")
                .env("DNS_ADDRESS", "0")
                .env("DISABLE_EVENTS", "1")
                .env("SKIP_SSL_CERT_DOWNLOAD", "1");
            command
        })
    }

    /// Starts the command on a free port, again if another process was faster
    /// to take it.
    fn start(folder: &Path, health: &str, command: impl Fn(&str, u16) -> Command) -> Self {
        let log = folder.join("emulator.log");
        for _ in 0..ATTEMPTS {
            let port = http::free_port();
            let endpoint = format!("http://127.0.0.1:{port}");
            let mut command = command(&endpoint, port);
            command
                .current_dir(folder)
                .env("HOME", folder)
                .env("TMPDIR", folder);
            let mut process = Process::start(&command, &log).expect("Python starts");
            let ready = wait::wait_for(START, || match process.is_running() {
                true => http::answers(&format!("{endpoint}{health}")).then_some(true),
                false => Some(false),
            });
            match ready {
                Some(true) => {
                    return Self {
                        endpoint,
                        _process: process,
                    };
                }
                Some(false) => eprintln!("{command:?} ended:\n{}", process.output()),
                None => panic!(
                    "{command:?} did not answer within {START:?}:\n{}",
                    process.output()
                ),
            }
        }
        panic!("no emulator after {ATTEMPTS} attempts");
    }
}
