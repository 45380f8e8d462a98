//! Runs cargo's builds, and reads their messages.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anstream::eprintln;
use cargo_metadata::Message;
use redrive_infra::stack::Stack;

use crate::args::CargoArgs;
use crate::error::Error;
use crate::workspace::Member;

/// What a build of a package leaves.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) stack: Stack,
    /// The folder with the manifests of exactly this build.
    pub(crate) manifests: PathBuf,
    /// The path of each binary, by name.
    pub(crate) binaries: BTreeMap<String, PathBuf>,
}

/// Builds the package for this machine; `None` if it does not build, which cargo
/// has explained.
pub(crate) fn build(member: &Member, args: &CargoArgs) -> Result<Option<Built>, Error> {
    let mut command = Command::new(cargo());
    command.args(["build", "--bins"]);
    if let Some(host) = host_if_not_default()? {
        command.args(["--target", &host]);
    }
    run(command, member, args)
}

/// Runs a build with cargo's own progress on standard error.
pub(crate) fn run(
    mut command: Command,
    member: &Member,
    args: &CargoArgs,
) -> Result<Option<Built>, Error> {
    command
        .args(["--package", &member.name])
        .arg("--message-format=json-render-diagnostics")
        .stdout(Stdio::piped());
    args.pass_on(&mut command);
    let mut child = command.spawn().map_err(Error::Cargo)?;
    let mut binaries = BTreeMap::new();
    let mut manifests = None;
    if let Some(stdout) = child.stdout.take() {
        for message in Message::parse_stream(BufReader::new(stdout)) {
            match message.map_err(Error::Cargo)? {
                Message::CompilerArtifact(artifact) if artifact.package_id == member.id => {
                    if let Some(path) = artifact.executable {
                        binaries.insert(artifact.target.name, path.into_std_path_buf());
                    }
                }
                // Cargo sends it for a fresh build, too.
                Message::BuildScriptExecuted(script) if script.package_id == member.id => {
                    manifests = Some(script.out_dir.into_std_path_buf());
                }
                // cargo-lambda explains there how to install zig.
                Message::TextLine(line) => eprintln!("{line}"),
                _ => {}
            }
        }
    }
    if !child.wait().map_err(Error::Cargo)?.success() {
        return Ok(None);
    }
    let manifests = manifests.unwrap_or_default();
    let stack = read_stack(&manifests)?;
    Ok(Some(Built {
        stack,
        manifests,
        binaries,
    }))
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
