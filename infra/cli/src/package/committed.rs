//! The copy of the manifests in the repository, and what a deployment changes.

mod changes;
mod messages;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use redrive_infra::deploy::quoted;
use redrive_infra::stack::Stack;
use serde_json::Value;

use super::MANIFESTS;
use crate::args::PackageArgs;
use crate::error::Error;
use crate::workspace::Member;

/// The copy of an earlier package.
pub(super) struct Committed {
    pub(super) folder: PathBuf,
    /// `None` without a copy.
    template: Option<Value>,
    stack: Option<Stack>,
    /// Why `stack.json` cannot be compared.
    unread: Option<String>,
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
    /// Reads the copy, which must be there with `--check` and `--compare`.
    pub(super) fn read(args: &PackageArgs, member: &Member) -> Result<Self, Error> {
        let folder = match &args.compare {
            Some(folder) => folder.clone(),
            None => member.folder.join("redrive"),
        };
        let text = |name: &str| {
            let path = folder.join(name);
            match fs::read_to_string(&path) {
                Ok(text) => Ok(Some(text)),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(reason) => Err(Error::Read { path, reason }),
            }
        };
        let template = text("template.json")?.map(|text| {
            serde_json::from_str(&text).map_err(|reason| Error::NoTemplate {
                path: folder.join("template.json"),
                reason,
            })
        });
        let template = template.transpose()?;
        if template.is_none() && (args.check || args.compare.is_some()) {
            let made = member.target.join("redrive").join(&member.name);
            return Err(Error::NoCopy {
                help: accept(&made, &folder),
                folder,
            });
        }
        let (stack, unread) = match text("stack.json")?.map(|text| Stack::from_text(&text)) {
            Some(Ok(stack)) => (Some(stack), None),
            Some(Err(reason)) => (None, Some(reason.to_string())),
            None => (None, None),
        };
        Ok(Self {
            folder,
            template,
            stack,
            unread,
        })
    }

    /// Compares the copy with this package.
    pub(super) fn compare(&self, template: &Value, stack: &Stack) -> Differences {
        let mut differences = Differences::default();
        if let Some(old) = &self.template {
            differences.resources = changes::of_templates(old, template);
            differences
                .warnings
                .extend(messages::of_prefix(old, template));
        }
        if let Some(old) = &self.stack {
            differences
                .warnings
                .extend(messages::of_functions(old, stack));
        }
        if let Some(reason) = &self.unread {
            let problem = reason.lines().next().unwrap_or_default();
            differences.warnings.push(format!(
                "cannot find changes that lose messages in {}/stack.json: {problem}\n\
                 help: compare the templates, and commit a new copy",
                self.folder.display()
            ));
        }
        differences
    }
}

/// The command that commits the manifests of a package as the new copy.
pub(super) fn accept(package: &Path, copy: &Path) -> String {
    let quoted = |path: &Path| quoted(&path.display().to_string());
    let files = MANIFESTS.map(|name| quoted(&package.join(name)));
    let copy = quoted(copy);
    format!("mkdir -p {copy} && cp {} {copy}", files.join(" "))
}
