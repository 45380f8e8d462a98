//! Builds a package for this machine, as `cargo build` does.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::Message;
use redrive_infra::stack::Stack;

use crate::args::CargoArgs;
use crate::error::Error;
use crate::workspace::Member;

/// What a build of a package leaves.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) stack: Stack,
    /// The path of each binary, by name.
    pub(crate) binaries: BTreeMap<String, PathBuf>,
}

/// Builds the package, with cargo's own progress on standard error; `None` if
/// it does not build, which cargo has explained.
pub(crate) fn build(member: &Member, args: &CargoArgs) -> Result<Option<Built>, Error> {
    let mut command = Command::new(cargo());
    command
        .args(["build", "--bins", "--package", &member.name])
        .arg("--message-format=json-render-diagnostics")
        .stdout(Stdio::piped());
    if let Some(host) = host_if_not_default()? {
        command.args(["--target", &host]);
    }
    args.pass_on(&mut command);
    let mut child = command.spawn().map_err(Error::Cargo)?;
    let mut binaries = BTreeMap::new();
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            if let Message::CompilerArtifact(artifact) = message.map_err(Error::Cargo)?
                && let Some(path) = artifact.executable
            {
                binaries.insert(artifact.target.name, path.into_std_path_buf());
            }
        }
    }
    if !child.wait().map_err(Error::Cargo)?.success() {
        return Ok(None);
    }
    let stack = read_stack(&member.target.join("redrive").join(&member.name))?;
    Ok(Some(Built { stack, binaries }))
}

/// Cargo sets the variable for its subcommands.
pub(crate) fn cargo() -> std::ffi::OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// This machine's target, if cargo is configured (`build.target`,
/// `CARGO_BUILD_TARGET`) to build for another one. Otherwise `--target` is
/// omitted, because with it cargo uses another folder and builds everything again.
fn host_if_not_default() -> Result<Option<String>, Error> {
    let config = cargo_config2::Config::load().map_err(Error::Config)?;
    let no_arguments: [&str; 0] = [];
    let targets = config
        .build_target_for_cli(no_arguments)
        .map_err(Error::Config)?;
    if targets.is_empty() {
        return Ok(None);
    }
    let host = config.host_triple().map_err(Error::Config)?;
    Ok(Some(host.to_owned()))
}

fn read_stack(folder: &Path) -> Result<Stack, Error> {
    let path = folder.join("stack.json");
    match std::fs::read_to_string(&path) {
        Ok(text) => Stack::from_text(&text).map_err(|reason| Error::BadStack { path, reason }),
        Err(reason) => Err(Error::NoStack { path, reason }),
    }
}
