//! Finds the `#[sqs_batch]` functions of a package in its sources.

mod binaries;
mod borrowed;
mod module_files;
mod walk;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(crate) use redrive_model::export::Around;
use redrive_syntax::{Diagnostic, Parsed};

use crate::cfg::Cfg;
use crate::error::Errors;
use crate::stack::StackFunction;

/// What is in a package's binaries.
#[derive(Default)]
pub(crate) struct Discovery {
    /// The binary targets that are built, in order of their names.
    pub(crate) binaries: Vec<String>,
    /// The functions, in order of their binary's name and of the source.
    pub(crate) found: Vec<Found>,
    /// What was read or looked for: a change to one of these can change what
    /// is found.
    pub(crate) paths: BTreeSet<PathBuf>,
    /// The files that are not Rust, and why. Functions in them are not found.
    pub(crate) unparsed: Vec<(PathBuf, String)>,
    /// The files of modules that are not there.
    pub(crate) missing: Vec<PathBuf>,
    /// The structs, which can be the messages.
    pub(crate) structs: borrowed::Structs,
}

impl Discovery {
    /// Whether rustc and the macro will accept the sources. If not,
    /// a template of what was found could lack functions that are deployed,
    /// and their queues would be deleted with the next deployment.
    pub(crate) fn is_sound(&self) -> bool {
        self.unparsed.is_empty()
            && self.missing.is_empty()
            && !self.found.iter().any(Found::is_wrong)
            && self.firsts().count() == self.found.len()
    }

    /// The messages that borrow: rustc would reject them without a reason.
    ///
    /// # Errors
    /// If there are any.
    pub(crate) fn check_messages(&self) -> Result<(), Errors> {
        let errors = self.found.iter().filter_map(|found| {
            let message = &found.parsed.handler.as_ref()?.message;
            borrowed::error(&self.structs, &found.binary, message)
        });
        Errors::check(errors.collect())
    }

    /// The functions that belong in the template: the first of each binary, as
    /// the macro rejects a second, unless it has an error or `template = false`.
    pub(crate) fn deployed(&self) -> Vec<StackFunction> {
        self.firsts()
            .filter(|found| !found.is_wrong() && found.parsed.function.template)
            .map(|found| StackFunction {
                binary: found.binary.clone(),
                function: found.parsed.function.clone(),
            })
            .collect()
    }

    /// The first function of each binary.
    fn firsts(&self) -> impl Iterator<Item = &Found> {
        let mut binaries = BTreeSet::new();
        self.found
            .iter()
            .filter(move |found| binaries.insert(&found.binary))
    }

    /// The warnings about the functions.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        self.found.iter().flat_map(Found::warnings).collect()
    }
}

/// A warning about one function.
#[derive(Clone, Debug)]
pub(crate) struct Warning {
    /// The function's binary.
    pub(crate) binary: String,
    /// The function's name.
    pub(crate) function: String,
    pub(crate) diagnostic: Diagnostic,
}

impl Warning {
    /// About a function of the stack, which may accept it.
    pub(crate) fn new(entry: &StackFunction, mut diagnostic: Diagnostic) -> Self {
        let StackFunction { binary, function } = entry;
        diagnostic.accepted = function.allow.iter().any(|id| id == diagnostic.rule.id);
        Self {
            binary: binary.clone(),
            function: function.name.clone(),
            diagnostic,
        }
    }
}

/// One `#[sqs_batch]` function.
pub(crate) struct Found {
    /// The binary target's name.
    pub(crate) binary: String,
    /// What it is in; the macro cannot see that.
    pub(crate) around: Around,
    /// Its attribute and its signature.
    pub(crate) parsed: Parsed,
}

impl Found {
    /// Whether it has an error, which the macro reports.
    pub(crate) fn is_wrong(&self) -> bool {
        self.parsed.diagnostics.has_errors() || self.around != Around::Module
    }

    fn warnings(&self) -> impl Iterator<Item = Warning> {
        let warnings = self.parsed.diagnostics.warnings();
        warnings.map(|diagnostic| Warning {
            binary: self.binary.clone(),
            function: self.parsed.function.name.clone(),
            diagnostic: diagnostic.clone(),
        })
    }
}

/// Finds the functions in all binary targets of the package in folder
/// `package` that `cfg` compiles.
///
/// # Errors
/// If `Cargo.toml` or a source file exists and cannot be read. A module without a
/// file, and a file that is not Rust, are listed in the result.
pub(crate) fn discover(package: &Path, cfg: &Cfg) -> Result<Discovery, Errors> {
    let mut discovery = Discovery::default();
    for (name, root) in binaries::binaries(package, cfg, &mut discovery.paths)? {
        walk::Walk::new(&name, cfg, &mut discovery).root(root)?;
        discovery.binaries.push(name);
    }
    Ok(discovery)
}

#[cfg(test)]
mod tests;
