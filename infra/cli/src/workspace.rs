//! Which package of the workspace a command works on.

use std::path::PathBuf;

use cargo_metadata::{DependencyKind, MetadataCommand, Package, PackageId};

use crate::args::CargoArgs;
use crate::error::Error;

/// A package that has functions.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) id: PackageId,
    pub(crate) name: String,
    /// The folder of its `Cargo.toml`.
    pub(crate) folder: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

/// Finds the package that the command line, or else the current folder,
/// specifies.
pub(crate) fn find(args: &CargoArgs) -> Result<Member, Error> {
    let mut command = MetadataCommand::new();
    command.no_deps();
    if let Some(path) = &args.manifest_path {
        command.manifest_path(path);
    }
    let metadata = command.exec().map_err(Error::Metadata)?;
    let package = choose(
        &metadata.workspace_packages(),
        &metadata.workspace_default_packages(),
        args.package.as_deref(),
    )?;
    let folder = package.manifest_path.parent();
    Ok(Member {
        id: package.id.clone(),
        name: package.name.to_string(),
        folder: folder.map_or_else(PathBuf::new, |folder| folder.as_std_path().to_owned()),
        target: metadata.target_directory.as_std_path().to_owned(),
    })
}

/// `selected` is what cargo would build here: in a member's folder that member,
/// in the workspace's folder its root package or default members.
fn choose<'a>(
    members: &[&'a Package],
    selected: &[&'a Package],
    name: Option<&str>,
) -> Result<&'a Package, Error> {
    let with_functions = |packages: &[&'a Package]| -> Vec<&'a Package> {
        let packages = packages.iter().copied();
        packages.filter(|package| has_functions(package)).collect()
    };
    let known = with_functions(members);
    let names = || {
        known
            .iter()
            .map(|package| package.name.to_string())
            .collect()
    };
    if let Some(name) = name {
        let named = |package: &&&Package| package.name.as_str() == name;
        return known.iter().find(named).copied().ok_or_else(|| {
            let (name, known) = (name.to_owned(), names());
            match members.iter().any(|package| package.name == name) {
                true => Error::NoFunctions { name, known },
                false => Error::UnknownPackage { name, known },
            }
        });
    }
    match (&with_functions(selected)[..], &known[..]) {
        ([one], _) | ([], [one]) => Ok(one),
        _ => Err(Error::WhichPackage { known: names() }),
    }
}

/// Whether its build script writes a manifest.
fn has_functions(package: &Package) -> bool {
    package.dependencies.iter().any(|dependency| {
        dependency.kind == DependencyKind::Build && dependency.name == "redrive-infra"
    })
}
