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
    manifests: PathBuf,
    /// The path of each binary, by name.
    pub(crate) binaries: BTreeMap<String, PathBuf>,
}

impl Built {
    /// The text of a manifest of this build.
    pub(crate) fn read(&self, name: &str) -> Result<String, Error> {
        read(&self.manifests, name)
    }
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
    let stack = "stack.json";
    let stack = Stack::from_text(&read(&manifests, stack)?).map_err(|error| Error::Read {
        path: manifests.join(stack),
        reason: error.to_string(),
        help: "",
    })?;
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

/// The text of a manifest.
fn read(folder: &Path, name: &str) -> Result<String, Error> {
    let path = folder.join(name);
    std::fs::read_to_string(&path).map_err(|error| Error::Read {
        path,
        reason: error.to_string(),
        help: "\nhelp: call `redrive_infra::build()` in the package's build.rs",
    })
}
