//! What stops the build script: only what the macro cannot see.

use std::fmt;
use std::path::Path;

use proc_macro2::Span;
use redrive_syntax::Diagnostic;
use redrive_syntax::rules::catalog::{FILE_ACCESS, Rule};

/// All that is wrong; never empty.
#[derive(Clone, Debug)]
pub(crate) struct Errors(pub(crate) Vec<Diagnostic>);

impl Errors {
    /// An error if there is one.
    pub(crate) fn check(errors: Vec<Diagnostic>) -> Result<(), Self> {
        match errors.is_empty() {
            true => Ok(()),
            false => Err(Self(errors)),
        }
    }
}

impl fmt::Display for Errors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|error| writeln!(f, "{error}"))
    }
}

impl std::error::Error for Errors {}

impl From<Diagnostic> for Errors {
    fn from(error: Diagnostic) -> Self {
        Self(vec![error])
    }
}

/// A diagnostic about the package, and not about a place in its sources.
pub(crate) fn broken(rule: &'static Rule, problem: impl Into<String>) -> Diagnostic {
    Diagnostic::new(rule, Span::call_site(), problem)
}

/// A file that cannot be read or written.
pub(crate) fn inaccessible(path: &Path, what: &str, why: &dyn ToString, help: &str) -> Errors {
    // Some reasons have several lines.
    let why = why.to_string();
    let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    let problem = format!("`{}` cannot be {what}: {why}", path.display());
    broken(&FILE_ACCESS, problem).help(help).into()
}
