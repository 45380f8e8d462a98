//! The copy of the manifests in the repository, and what a deployment changes.

mod changes;
mod messages;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use redrive_infra::deploy::quoted;
use redrive_infra::stack::{ReadError, Stack};
use serde_json::Value;

use super::MANIFESTS;
use crate::args::PackageArgs;
use crate::error::Error;
use crate::workspace::Member;

/// The folder of the copy.
pub(super) struct Committed {
    pub(super) folder: PathBuf,
    /// `None` without a copy; an error says why it cannot be compared.
    copy: Option<Result<Manifests, String>>,
}

/// The manifests of an earlier package.
struct Manifests {
    template: Value,
    stack: Stack,
}

/// What a deployment changes.
#[derive(Default)]
pub(super) struct Differences {
    /// Of the resources, one line each.
    pub(super) resources: Vec<String>,
    /// Those that lose or strand messages, with what to do first.
    pub(super) warnings: Vec<String>,
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
            None => member.folder.join("redrive"),
        };
        let help = || {
            let accept = accept(package, &folder);
            format!("help: package without `--check`, and commit the new copy: {accept}")
        };
        let copy = Manifests::read(&folder, help).transpose();
        match copy {
            None if args.check || args.compare.is_some() => Err(Error::NoCopy {
                help: help(),
                folder,
            }),
            Some(Err(problem)) if args.check => Err(Error::BadCopy(problem)),
            copy => Ok(Self { folder, copy }),
        }
    }

    /// Compares the copy with this package.
    pub(super) fn compare(&self, template: &Value, stack: &Stack) -> Differences {
        let mut differences = Differences::default();
        match &self.copy {
            Some(Ok(old)) => {
                differences.resources = changes::of_templates(&old.template, template);
                differences.warnings = messages::of_functions(&old.stack, stack);
                let of_prefix = messages::of_prefix(&old.template, template);
                differences.warnings.extend(of_prefix);
            }
            Some(Err(problem)) => differences.warnings.push(problem.clone()),
            None => {}
        }
        differences
    }
}

impl Manifests {
    /// `None` if there is no template.
    fn read(folder: &Path, help: impl Fn() -> String) -> Result<Option<Self>, String> {
        let problem = |name: &str, reason: String| {
            let path = folder.join(name);
            let reason = reason.lines().next().unwrap_or_default();
            format!("cannot read {}: {reason}\n{}", path.display(), help())
        };
        let text = |name: &str| fs::read_to_string(folder.join(name));
        let [template, stack, _] = MANIFESTS;
        let template = match text(template) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(problem(template, error.to_string())),
            Ok(text) => serde_json::from_str(&text)
                .map_err(|error| problem(template, format!("it is not JSON: {error}")))?,
        };
        let text = text(stack).map_err(|error| problem(stack, error.to_string()))?;
        let stack = Stack::from_text(&text).map_err(|error| match error {
            // The copy is right, and the command line is out of date.
            ReadError::Version { version, .. } if version > Stack::VERSION => {
                format!("cannot read {}: {error}", folder.join(stack).display())
            }
            error => problem(stack, error.to_string()),
        })?;
        Ok(Some(Self { template, stack }))
    }
}

/// The command that commits the manifests of a package as the new copy.
pub(super) fn accept(package: &Path, copy: &Path) -> String {
    let quoted = |path: &Path| quoted(&path.display().to_string());
    let files = MANIFESTS.map(|name| quoted(&package.join(name)));
    let copy = quoted(copy);
    format!("mkdir -p {copy} && cp {} {copy}", files.join(" "))
}
