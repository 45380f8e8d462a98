//! The package to run: found, built, and its stack read.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use cargo_metadata::{DependencyKind, Message, Metadata, MetadataCommand, Package};
use redrive_infra::stack::Stack;

use crate::args::RunArgs;
use crate::error::Error;

/// A package that has functions.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) name: String,
    /// Its folder.
    pub(crate) folder: PathBuf,
    target: PathBuf,
}

/// Finds the package that the command line asks for.
pub(crate) fn find(args: &RunArgs) -> Result<Found, Error> {
    let mut command = MetadataCommand::new();
    command.no_deps();
    if let Some(path) = &args.manifest_path {
        command.manifest_path(path);
    }
    let metadata = command.exec().map_err(Error::Metadata)?;
    let package = choose(&metadata, args.package.as_deref())?;
    Ok(Found {
        name: package.name.to_string(),
        folder: package
            .manifest_path
            .parent()
            .map_or_else(PathBuf::new, |folder| folder.as_std_path().to_owned()),
        target: metadata.target_directory.as_std_path().to_owned(),
    })
}

fn choose<'a>(metadata: &'a Metadata, name: Option<&str>) -> Result<&'a Package, Error> {
    let with_functions: Vec<&Package> = metadata
        .workspace_packages()
        .into_iter()
        .filter(|package| has_functions(package))
        .collect();
    let known = || {
        with_functions
            .iter()
            .map(|package| package.name.to_string())
            .collect()
    };
    match (name, &with_functions[..]) {
        (Some(name), _) => with_functions
            .iter()
            .find(|package| package.name.as_str() == name)
            .copied()
            .ok_or_else(|| Error::UnknownPackage {
                name: name.to_owned(),
                known: known(),
            }),
        (None, [only]) => Ok(only),
        (None, _) => metadata
            .root_package()
            .filter(|package| has_functions(package))
            .ok_or_else(|| Error::WhichPackage { known: known() }),
    }
}

/// Its build script writes the template.
fn has_functions(package: &Package) -> bool {
    package.dependencies.iter().any(|dependency| {
        dependency.kind == DependencyKind::Build && dependency.name == "redrive-infra"
    })
}

/// What there is to run.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) stack: Stack,
    /// By name.
    pub(crate) binaries: BTreeMap<String, PathBuf>,
}

/// Builds the package, with cargo's own progress on standard error; `None` if
/// it does not build, which cargo has explained.
pub(crate) fn build(found: &Found, args: &RunArgs) -> Result<Option<Built>, Error> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "--bins", "--package", &found.name])
        .arg("--message-format=json-render-diagnostics")
        .stdout(Stdio::piped());
    if args.release {
        command.arg("--release");
    }
    for features in &args.features {
        command.args(["--features", features]);
    }
    if let Some(path) = &args.manifest_path {
        command.arg("--manifest-path").arg(path);
    }
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
    let stack = read_stack(&found.target.join("redrive").join(&found.name))?;
    Ok(Some(Built { stack, binaries }))
}

fn read_stack(folder: &Path) -> Result<Stack, Error> {
    let path = folder.join("stack.json");
    match std::fs::read_to_string(&path) {
        Ok(text) => Stack::from_text(&text).map_err(|reason| Error::BadStack { path, reason }),
        Err(reason) => Err(Error::NoStack { path, reason }),
    }
}
