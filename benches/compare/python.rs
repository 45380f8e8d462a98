//! Powertools for Python on its own runtime client, in a virtual environment
//! under the target folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{Error, binary, worker::Program};

const REQUIREMENTS: &str = include_str!("../python/requirements.txt");

/// Sets the environment up, unless an earlier run did.
pub(crate) fn program() -> Result<Program, Error> {
    let environment = binary::target_directory()?.join("bench-python");
    let python = environment.join("bin/python");
    let installed = environment.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == REQUIREMENTS) {
        return Ok(handler(python));
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&environment))?;
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ])
        .arg(directory().join("requirements.txt")))?;
    fs::write(installed, REQUIREMENTS)?;
    Ok(handler(python))
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("python")
}

fn handler(python: PathBuf) -> Program {
    Program {
        path: python,
        arguments: ["-m", "awslambdaric", "handler.handler"]
            .map(Into::into)
            .to_vec(),
        directory: directory(),
    }
}

fn run(command: &mut Command) -> Result<(), Error> {
    let status = command.stdout(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} ended with {status}").into()),
        Err(error) => Err(format!("{command:?} does not run: {error}").into()),
    }
}
