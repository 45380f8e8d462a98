//! The texts that a build script writes, one module for each format.

pub(crate) mod cloudformation;
pub(crate) mod markdown;
pub(crate) mod policies;

use jiff::Timestamp;
use serde_json::Value;

use crate::discover::{Discovery, Warning};
use crate::error::Errors;
use crate::overlay::{self, Overlay};
use crate::stack::Stack;
use crate::{plan, report};

/// What a build script writes.
pub(crate) struct Files {
    /// For `stack.json`: the stack, in which overlays have replaced settings.
    pub(crate) stack: Stack,
    /// The text of `template.json`.
    pub(crate) template: String,
    /// The text of `stack.md`.
    pub(crate) markdown: String,
    /// The warnings about the attributes and the overlays.
    pub(crate) warnings: Vec<Warning>,
}

/// The files of a stack, with overlays, at `now`. `warnings` are those that reading
/// the stack has given.
pub(crate) fn files(
    discovery: &Discovery,
    stack: &Stack,
    overlays: &[Overlay],
    warnings: &[Warning],
    now: Timestamp,
) -> Result<Files, Errors> {
    let overlaid = overlay::apply(overlays, stack, template)?;
    let text = cloudformation::to_text(overlaid.template.clone());
    cloudformation::limits::check(&overlaid.template, &text)?;
    let warnings = report::warnings(discovery, Some([warnings, &overlaid.warnings].concat()));
    let plan = plan::of(&overlaid.stack);
    let base = cloudformation::render(&plan);
    let contents = markdown::Contents {
        stack: &overlaid.stack,
        plan: &plan,
        template: &overlaid.template,
        resources: &cloudformation::summaries::of(&plan, &base, &overlaid.template),
        warnings: &warnings,
        overlays,
        changes: &overlaid.changes,
    };
    Ok(Files {
        markdown: markdown::render(&contents, now),
        stack: overlaid.stack,
        template: text,
        warnings,
    })
}

/// The template of a stack without overlays.
pub(crate) fn template(stack: &Stack) -> Value {
    cloudformation::render(&plan::of(stack))
}
