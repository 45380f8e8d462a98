//! Emulators of AWS, on ports of this machine that nobody else reaches.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::process::Process;
use crate::python::Venv;
use crate::{http, wait, workspace};

/// Long enough for a machine that is busy with the other tests.
const START: Duration = Duration::from_secs(120);
const ATTEMPTS: usize = 5;

/// Which emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Runs functions as host processes by itself; has no move tasks.
    Ministack,
    /// The same with IAM: functions have the rights of their roles, and services those of
    /// the policies of queues. Over TLS, which these policies ask for.
    MinistackWithIam,
    /// Has move tasks; runs functions by `native_lambda.py`.
    Localstack,
}

/// A running emulator; ends when dropped.
#[derive(Debug)]
pub struct Emulator {
    /// Which it is.
    pub kind: Kind,
    /// Where every service answers, for `AWS_ENDPOINT_URL`.
    pub endpoint: String,
    /// Its certificate, if it answers over TLS only.
    pub certificate: Option<PathBuf>,
    _process: Process,
}

impl Emulator {
    /// Starts it on a free port, again if another process was faster to take
    /// it. It keeps its files in `folder`.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start(kind: Kind, folder: &Path) -> Self {
        let log = folder.join("emulator.log");
        for _ in 0..ATTEMPTS {
            let port = http::free_port();
            let certificate =
                (kind == Kind::MinistackWithIam).then(|| folder.join("ministack-tls/server.crt"));
            let scheme = if certificate.is_some() {
                "https"
            } else {
                "http"
            };
            let endpoint = format!("{scheme}://127.0.0.1:{port}");
            let (mut command, health) = match kind {
                Kind::Localstack => (localstack(port, folder), "_localstack/health"),
                _ => (ministack(port, &endpoint), "_ministack/health"),
            };
            if let Some(certificate) = &certificate {
                command
                    .envs([("AUTH", "true"), ("USE_SSL", "1")])
                    // For its functions.
                    .env("SSL_CERT_FILE", certificate);
            }
            command
                .current_dir(folder)
                .env("HOME", folder)
                .env("TMPDIR", folder);
            let mut process = Process::start(&command, &log).expect("Python starts");
            let url = format!("{endpoint}/{health}");
            let ready = wait::wait_for(START, || match process.is_running() {
                true if certificate.is_some() => http::listens(port).then_some(true),
                true => http::answers(&url).then_some(true),
                false => Some(false),
            });
            if ready == Some(true) {
                return Self {
                    kind,
                    endpoint,
                    certificate,
                    _process: process,
                };
            }
            eprintln!("{kind:?} did not start:\n{}", process.output());
        }
        panic!("no {kind:?} after {ATTEMPTS} attempts");
    }
}

fn ministack(port: u16, endpoint: &str) -> Command {
    let mut command = Command::new(Venv::of("ministack").program("ministack"));
    command
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        // Its functions inherit its environment.
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("IOT_MTLS_ENABLED", "false");
    command
}

fn localstack(port: u16, folder: &Path) -> Command {
    let mut command = Command::new(Venv::of("localstack").program("python"));
    command
        .arg(workspace::root().join("tests/emulators/native_lambda.py"))
        .env("GATEWAY_LISTEN", format!("127.0.0.1:{port}"))
        .env("LOCALSTACK_HOST", format!("127.0.0.1:{port}"))
        // Its other server listens on all interfaces.
        .env("GATEWAY_SERVER", "hypercorn")
        .env("OVERRIDE_IN_DOCKER", "0")
        // Not a line for each request, which would hide what functions print.
        .env("LS_LOG", "warning")
        .env("LOCALSTACK_VOLUME_DIR", folder.join("volume"))
        .env("SQS_ENDPOINT_STRATEGY", "off")
        .env("DNS_ADDRESS", "0")
        .env("DISABLE_EVENTS", "1")
        .env("SKIP_SSL_CERT_DOWNLOAD", "1");
    command
}
