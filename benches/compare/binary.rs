//! Builds the binaries that are measured, as a user would: `cargo build --release`,
//! one package at a time, so that each has its own features.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use cargo_metadata::{Message, MetadataCommand};

use crate::Error;

/// Where cargo puts what it builds.
pub(crate) fn target_directory() -> Result<PathBuf, Error> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    Ok(metadata.target_directory.into())
}

/// Builds `package` of the workspace in a folder of the benchmarks, and returns the
/// path of its binary.
pub(crate) fn build(workspace: &str, package: &str, binary: &str) -> Result<PathBuf, Error> {
    let output = cargo(workspace, package, binary)
        .arg("--message-format=json-render-diagnostics")
        .arg("--target-dir")
        .arg(target_directory()?)
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("cannot build {binary} of {package}").into());
    }
    for message in Message::parse_stream(output.stdout.as_slice()) {
        if let Message::CompilerArtifact(artifact) = message?
            && artifact.target.name == binary
            && let Some(executable) = artifact.executable
        {
            return Ok(executable.into());
        }
    }
    Err(format!("{package} has no binary {binary}").into())
}

/// The time of a build that finds nothing built before.
pub(crate) fn clean_build(workspace: &str, package: &str, binary: &str) -> Result<Duration, Error> {
    let directory = tempfile::tempdir_in(target_directory()?)?;
    let started = Instant::now();
    let status = cargo(workspace, package, binary)
        .arg("--target-dir")
        .arg(directory.path())
        .stderr(Stdio::null())
        .status()?;
    match status.success() {
        true => Ok(started.elapsed()),
        false => Err(format!("cannot build {binary} of {package}").into()),
    }
}

fn cargo(workspace: &str, package: &str, binary: &str) -> Command {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(workspace))
        .args([
            "build",
            "--release",
            "--locked",
            "-p",
            package,
            "--bin",
            binary,
        ]);
    command
}
