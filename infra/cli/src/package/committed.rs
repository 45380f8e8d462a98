//! The copy of the manifests in the repository, and what a deployment changes.

mod changes;
mod messages;

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use redrive_infra::Format;
use redrive_infra::deploy::quoted;
use redrive_infra::stack::{ReadError, Stack};

use super::Manifests;
use crate::args::PackageArgs;
use crate::error::Error;
use crate::workspace::Member;

/// The folder of the copy.
pub(super) struct Committed {
    pub(super) folder: PathBuf,
    /// `None` without a copy; an error says why it cannot be compared.
    copy: Option<Result<Manifests, String>>,
}

/// What a deployment changes.
#[derive(Default)]
pub(super) struct Differences {
    /// Of the resources, one line each.
    pub(super) resources: Vec<String>,
    /// Those that lose or strand messages, with what to do first.
    pub(super) warnings: Vec<String>,
    /// The file whose resources are compared.
    pub(super) file: &'static str,
}

impl Committed {
    /// Reads the copy that is compared with the package in `package`.
    ///
    /// # Errors
    /// With `--check`, there is no copy that can be compared. With `--compare`, there is
    /// no copy.
    pub(super) fn read(args: &PackageArgs, member: &Member, package: &Path) -> Result<Self, Error> {
        let folder = match &args.compare {
            Some(folder) => folder.clone(),
            None => from_here(&member.folder.join("redrive")).to_owned(),
        };
        let copy = Manifests::read(&folder, || help(package, &folder)).transpose();
        match copy {
            None if args.check || args.compare.is_some() => Err(no_copy(package, &folder)),
            Some(Err(problem)) if args.check => Err(Error::Copy(problem)),
            copy => Ok(Self { folder, copy }),
        }
    }

    /// Compares the copy with this package.
    ///
    /// # Errors
    /// With `--check`, the copy is of another format.
    pub(super) fn compare(
        &self,
        new: &Manifests,
        args: &PackageArgs,
        package: &Path,
    ) -> Result<Differences, Error> {
        // All formats deploy the same.
        let first = new.stack.formats.first().copied();
        let file = main(first.unwrap_or(Format::CloudFormation));
        let mut differences = Differences {
            file,
            ..Differences::default()
        };
        match &self.copy {
            Some(Ok(old)) => {
                differences.warnings = messages::of_functions(&old.stack, &new.stack);
                let of_prefix = messages::of_prefix(old.template(), new.template());
                differences.warnings.extend(of_prefix);
                match old.files.get(file) {
                    Some(old) => {
                        differences.resources = changes::of_templates(old, &new.files[file]);
                    }
                    None if args.check => return Err(no_copy(package, &self.folder)),
                    None => {}
                }
            }
            Some(Err(problem)) => differences.warnings.push(problem.clone()),
            None => {}
        }
        Ok(differences)
    }
}

impl Manifests {
    /// Reads a copy; `None` if there is none of any format.
    fn read(folder: &Path, help: impl Fn() -> String) -> Result<Option<Self>, String> {
        let problem = |name: &str, reason: String| {
            let path = folder.join(name);
            let reason = reason.lines().next().unwrap_or_default();
            format!("cannot read {}: {reason}\n{}", path.display(), help())
        };
        let text = |name: &str| fs::read_to_string(folder.join(name));
        let mut files = BTreeMap::new();
        for name in Format::ALL.map(main) {
            match text(name) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(problem(name, error.to_string())),
                Ok(text) => {
                    let json = serde_json::from_str(&text)
                        .map_err(|error| problem(name, format!("it is not JSON: {error}")))?;
                    files.insert(name, json);
                }
            }
        }
        if files.is_empty() {
            return Ok(None);
        }
        let stack = "stack.json";
        let text = text(stack).map_err(|error| problem(stack, error.to_string()))?;
        let stack = Stack::from_text(&text).map_err(|error| match error {
            // The copy is right, and the command line is out of date.
            ReadError::Version { version, .. } if version > Stack::VERSION => {
                format!("cannot read {}: {error}", folder.join(stack).display())
            }
            error => problem(stack, error.to_string()),
        })?;
        Ok(Some(Self { files, stack }))
    }
}

/// The file of a format with its resources.
fn main(format: Format) -> &'static str {
    format.files()[0]
}

/// The path from the current folder, if it is in it.
fn from_here(path: &Path) -> &Path {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path)
}

fn no_copy(package: &Path, copy: &Path) -> Error {
    let help = help(package, copy);
    Error::Copy(format!("no committed copy in {}\n{help}", copy.display()))
}

fn help(package: &Path, copy: &Path) -> String {
    let accept = accept(package, copy);
    format!("help: package without `--check`, and commit the new copy: {accept}")
}

/// The command that commits the manifests of a package as the new copy.
pub(super) fn accept(package: &Path, copy: &Path) -> String {
    let quoted = |path: &Path| quoted(&path.display().to_string());
    let (package, copy) = (quoted(from_here(package)), quoted(copy));
    // Which files there are depends on the formats.
    format!("mkdir -p {copy} && cp {package}/*.json {package}/stack.md {copy}")
}
