//! What redrive's own tests and benchmarks call. It changes without notice.

use std::path::Path;

use jiff::Timestamp;

use crate::cfg::Cfg;
use crate::discover::discover;
use crate::stack::{Architecture, Stack};
use crate::{permissions, render};

/// What the build script of the package in folder `package` writes for arm64 at
/// `now`: `stack.json`, `template.json` and `stack.md`.
///
/// # Errors
/// If the sources cannot be read, or contain an error.
pub fn files(
    package: &Path,
    name: &str,
    now: Timestamp,
) -> Result<(Stack, String, String), Box<dyn std::error::Error>> {
    let discovery = discover(package, &Cfg::default())?;
    if !discovery.is_sound() {
        return Err(format!("errors in the sources of `{name}`").into());
    }
    let mut stack = Stack::new(name, Architecture::Arm64, discovery.deployed());
    let warnings = permissions::read(package, &mut stack)?;
    let files = render::files(&discovery, &stack, &[], &warnings, now)?;
    Ok((files.stack, files.template, files.markdown))
}

/// The text of the template of `stack`.
pub fn template(stack: &Stack) -> String {
    render::cloudformation::to_text(render::template(stack))
}
