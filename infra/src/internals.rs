//! What redrive's own tests and benchmarks call. It changes without notice.

use std::path::Path;

use jiff::Timestamp;

use crate::cfg::Cfg;
use crate::discover::discover;
use crate::plan;
use crate::render::{cloudformation, markdown};
use crate::stack::{Architecture, Stack};

/// What a build script writes, without overlays.
pub struct Files {
    /// The content of `stack.json`.
    pub stack: Stack,
    /// The text of `template.json`.
    pub template: String,
    /// The text of `stack.md`.
    pub markdown: String,
}

/// The files of the package in folder `package`, built for arm64 at `now`.
///
/// # Errors
/// If the sources cannot be read, or contain a mistake.
pub fn files(package: &Path, name: &str, now: Timestamp) -> Result<Files, String> {
    let discovery = discover(package, &Cfg::default()).map_err(|error| error.to_string())?;
    if !discovery.is_sound() {
        return Err(format!("{}: mistakes in the sources", package.display()));
    }
    let stack = Stack {
        version: Stack::VERSION,
        package: name.to_owned(),
        architecture: Architecture::Arm64,
        functions: discovery.deployed(),
    };
    let plan = plan::of(&stack);
    let resources: Vec<_> = plan.resources.iter().map(plan::Resource::summary).collect();
    let contents = markdown::Contents {
        stack: &stack,
        plan: &plan,
        resources: &resources,
        notes: &discovery.notes(),
        overlays: &markdown::Overlays::default(),
    };
    let markdown = markdown::render(&contents, now);
    let template = template(&stack);
    Ok(Files {
        stack,
        template,
        markdown,
    })
}

/// The text of the template of `stack`.
pub fn template(stack: &Stack) -> String {
    cloudformation::to_text(cloudformation::render(&plan::of(stack), "../../lambda"))
}
