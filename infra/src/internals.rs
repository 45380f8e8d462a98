//! What redrive's own tests and benchmarks call. It changes without notice.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use crate::cfg::Cfg;
use crate::discover::discover;
use crate::format::Format;
use crate::stack::{Architecture, Stack};
use crate::{permissions, render};

/// Texts by the name of their file.
pub type Texts = BTreeMap<&'static str, String>;

/// What the build script of the package in folder `package` writes for arm64 at
/// `now`, in these formats, with a dashboard or without: `stack.json`, and the texts of the
/// other files by name.
///
/// # Errors
/// If the sources cannot be read, or contain an error.
pub fn files(
    package: &Path,
    name: &str,
    formats: &[Format],
    dashboard: bool,
    now: Timestamp,
) -> Result<(Stack, Texts), Box<dyn std::error::Error>> {
    let discovery = discover(package, &Cfg::default())?;
    if !discovery.is_sound() {
        let parsed = discovery.found.iter().map(|found| &found.parsed);
        let all = parsed.flat_map(|it| it.diagnostics.iter());
        let diagnostics: Vec<_> = all.map(ToString::to_string).collect();
        let diagnostics = diagnostics.join("\n");
        return Err(format!("errors in the sources of `{name}`\n{diagnostics}").into());
    }
    let mut stack = Stack::new(name, Architecture::Arm64, discovery.deployed());
    stack.formats = formats.iter().copied().collect();
    stack.dashboard = dashboard;
    let warnings = permissions::read(package, &mut stack)?;
    let files = render::files(&discovery, &stack, &[], &warnings, now)?;
    let mut texts = files.formats;
    texts.insert("stack.md", files.markdown);
    Ok((files.stack, texts))
}

/// The texts of all formats of `stack`, by file.
///
/// # Panics
/// If the template is too large.
pub fn formats(stack: &Stack) -> Texts {
    let stack = Stack {
        formats: Format::ALL.into(),
        ..stack.clone()
    };
    render::texts(&stack, &render::template(&stack)).expect("a template of this size")
}
