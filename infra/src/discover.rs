//! Finds the `#[sqs_batch]` functions of a package in its sources.

mod binaries;
mod place;
mod walk;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use redrive_syntax::{Parsed, Warning};

use crate::cfg::Cfg;
use crate::error::Error;
use crate::stack::StackFunction;

/// What is in a package's binaries.
#[derive(Default)]
pub struct Discovery {
    /// The functions, in order of their binary's name and of the source.
    pub found: Vec<Found>,
    /// What was read or looked for: a change to one of these can change what
    /// is found.
    pub paths: BTreeSet<PathBuf>,
    /// The files that are not Rust, and why. Functions in them are not found.
    pub unparsed: Vec<(PathBuf, String)>,
}

impl Discovery {
    /// The functions that belong in the template: the first of each binary,
    /// for the macro refuses a second, and none with a mistake.
    pub fn deployed(&self) -> Vec<StackFunction> {
        let mut binaries = BTreeSet::new();
        self.found
            .iter()
            .filter(|found| !found.is_wrong() && found.parsed.function.infra)
            .filter(|found| binaries.insert(&found.binary))
            .map(|found| StackFunction {
                binary: found.binary.clone(),
                function: found.parsed.function.clone(),
            })
            .collect()
    }

    /// What is doubtful about the functions.
    pub fn notes(&self) -> Vec<Note<'_>> {
        let mut notes = Vec::new();
        for found in &self.found {
            let function = found.name.as_str();
            notes.extend(
                found
                    .parsed
                    .warnings
                    .iter()
                    .map(|warning| Note { function, warning }),
            );
        }
        notes
    }
}

/// A warning about one function.
#[derive(Clone, Copy, Debug)]
pub struct Note<'a> {
    /// The function's name.
    pub function: &'a str,
    /// The warning.
    pub warning: &'a Warning,
}

/// One `#[sqs_batch]` function.
pub struct Found {
    /// The binary target's name.
    pub binary: String,
    /// The modules the function is in, from the root.
    pub module: Vec<String>,
    /// The function's name.
    pub name: String,
    /// What its attribute says.
    pub parsed: Parsed,
}

impl Found {
    /// Whether its attribute or signature has a mistake, which the macro
    /// reports.
    pub fn is_wrong(&self) -> bool {
        !self.parsed.errors.is_empty()
    }
}

/// Finds the functions in all binary targets of the package in folder
/// `package` that `cfg` compiles.
///
/// # Errors
/// If `Cargo.toml` or a source file is there and cannot be read. What rustc
/// will refuse is passed over: a module without a file, or a file that is not
/// Rust.
pub fn discover(package: &Path, cfg: &Cfg) -> Result<Discovery, Error> {
    let mut discovery = Discovery::default();
    for binary in binaries::binaries(package, cfg, &mut discovery.paths)? {
        walk::Walk::new(&binary.name, cfg, &mut discovery).root(binary.root)?;
    }
    Ok(discovery)
}

#[cfg(test)]
mod tests;
