//! AWS's own Runtime Interface Emulator around one binary.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::process::Process;
use crate::python::Venv;
use crate::{http, wait, workspace};

const START: Duration = Duration::from_secs(30);
const ATTEMPTS: usize = 5;
/// Longer than any function under test may take.
const INVOCATION: Duration = Duration::from_secs(60);

/// The emulator with a function in it; ends when dropped.
#[derive(Debug)]
pub struct Rie {
    url: String,
    process: Process,
}

impl Rie {
    /// Starts the emulator around the binary, as a function with this handler
    /// and a timeout in seconds; its log goes into `folder`.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub fn start(binary: &Path, handler: &str, timeout: u32, folder: &Path) -> Self {
        let program = Venv::of("sam").package_file(format!(
            "samcli/local/rapid/aws-lambda-rie-{}",
            match std::env::consts::ARCH {
                "aarch64" => "arm64",
                other => other,
            }
        ));
        let log = folder.join("rie.log");
        for _ in 0..ATTEMPTS {
            let port = http::free_port();
            let mut command = Command::new(&program);
            command
                .args(["--runtime-interface-emulator-address", &loopback(port)])
                .args(["--runtime-api-address", &loopback(http::free_port())])
                .arg(binary)
                .arg(handler)
                .current_dir(workspace::root())
                .env("AWS_LAMBDA_FUNCTION_NAME", "under-test")
                .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
                .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
                .env("AWS_LAMBDA_FUNCTION_TIMEOUT", timeout.to_string());
            let mut process = Process::start(&command, &log).expect("Python starts");
            let url = format!("http://{}", loopback(port));
            let ready = wait::wait_for(START, || match process.is_running() {
                true => http::answers(&url).then_some(true),
                false => Some(false),
            });
            if ready == Some(true) {
                let url = format!("{url}/2015-03-31/functions/function/invocations");
                return Self { url, process };
            }
            eprintln!("{command:?} did not start:\n{}", process.output());
        }
        panic!("no Runtime Interface Emulator after {ATTEMPTS} attempts");
    }

    /// Invokes the function and returns its answer.
    ///
    /// # Panics
    ///
    /// If there is none, or it is not JSON.
    pub fn invoke(&self, event: &Value) -> Value {
        let (status, body) =
            http::post(&self.url, &event.to_string(), INVOCATION).expect("an answer");
        serde_json::from_str(&body)
            .unwrap_or_else(|error| panic!("status {status}: {body}: {error}"))
    }

    /// What the emulator and the function logged.
    pub fn log(&self) -> String {
        self.process.output()
    }
}

fn loopback(port: u16) -> String {
    format!("127.0.0.1:{port}")
}
