//! The texts that a build script writes, one module for each format.

pub(crate) mod cloudformation;
mod dashboards;
pub(crate) mod deploy;
pub(crate) mod markdown;
pub(crate) mod policies;
mod properties;
pub(crate) mod terraform;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::discover::{Discovery, Warning};
use crate::error::Errors;
use crate::format::Format;
use crate::overlay::{self, Overlay};
use crate::stack::Stack;
use crate::{plan, report};

/// What a build script writes.
pub(crate) struct Files {
    /// For `stack.json`: the stack, in which overlays have replaced settings.
    pub(crate) stack: Stack,
    /// The texts of the stack's formats, by file.
    pub(crate) formats: BTreeMap<&'static str, String>,
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
    let formats = texts(&overlaid.stack, &overlaid.template)?;
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
        formats,
        warnings,
    })
}

/// The texts of the stack's formats, by file, of which `template` is that of
/// CloudFormation.
pub(crate) fn texts(
    stack: &Stack,
    template: &Value,
) -> Result<BTreeMap<&'static str, String>, Errors> {
    let mut texts = BTreeMap::new();
    for format in &stack.formats {
        match format {
            Format::CloudFormation => {
                let text = to_text(template.clone());
                cloudformation::limits::check(template, &text)?;
                texts.extend(format.files().iter().map(|name| (*name, text.clone())));
            }
            Format::Terraform => texts.extend(terraform::render(&plan::of(stack))),
        }
    }
    Ok(texts)
}

/// JSON as a file holds it: keys in alphabetical order, whichever features of
/// `serde_json` the build has turned on.
fn to_text(mut json: Value) -> String {
    json.sort_all_objects();
    format!("{json:#}\n")
}

/// How a format writes the values of a plan.
type Write<'a> = &'a dyn Fn(&plan::Value) -> Value;

/// Adds the members of another object, which replace those of the same name.
fn extend(json: &mut Value, other: Value) {
    if let (Value::Object(members), Value::Object(other)) = (json, other) {
        members.extend(other);
    }
}

/// Removes the properties that are not given.
fn remove_nulls(json: &mut Value) {
    if let Some(properties) = json.as_object_mut() {
        properties.retain(|_, value| !value.is_null());
    }
}

/// The template of a stack without overlays.
pub(crate) fn template(stack: &Stack) -> Value {
    cloudformation::render(&plan::of(stack))
}
