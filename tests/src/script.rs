//! The Python scripts in `tests/emulators/`, which use AWS as its users do.

use std::path::Path;
use std::process::Command;

use crate::emulator::Emulator;
use crate::python::Venv;
use crate::workspace;

/// A script, or a tool, that runs against an emulator and fails the test if it
/// fails.
#[derive(Debug)]
pub struct Script {
    command: Command,
}

impl Script {
    /// The script `tests/emulators/<name>.py`, with boto3 and the AWS command
    /// line; `folder` is its home.
    pub fn new(name: &str, emulator: &Emulator, folder: &Path) -> Self {
        let aws = Venv::of("aws");
        let mut command = Command::new(aws.program("python"));
        command
            .arg(workspace::root().join(format!("tests/emulators/{name}.py")))
            .current_dir(folder)
            .env("HOME", folder)
            .env("TMPDIR", folder)
            .env("AWS", aws.program("aws"))
            .env("EMULATOR", format!("{:?}", emulator.kind).to_lowercase())
            .env("AWS_ENDPOINT_URL", &emulator.endpoint)
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_PAGER", "")
            .env("SAM_CLI_TELEMETRY", "0")
            // All of it is on this machine.
            .env("NO_PROXY", "127.0.0.1")
            // Nothing is compiled into the repository.
            .env("PYTHONDONTWRITEBYTECODE", "1");
        if let Some(certificate) = &emulator.certificate {
            command.env("AWS_CA_BUNDLE", certificate);
        }
        Self { command }
    }

    /// An environment variable for it.
    pub fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    ///
    /// If it fails, with all it printed.
    pub fn run(mut self) {
        let output = self
            .command
            .output()
            .unwrap_or_else(|error| panic!("{:?}: {error}", self.command));
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        print!("{}", text(&output.stdout));
        assert!(
            output.status.success(),
            "{:?}: {}\n{}",
            self.command,
            output.status,
            text(&output.stderr)
        );
    }
}
