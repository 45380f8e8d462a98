//! The user's own additions to the template.

mod changes;
mod effective;
mod finding;
pub(crate) mod merge;
mod protect;
mod value;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use redrive_syntax::rules::catalog::OVERLAY;
use redrive_syntax::{Diagnostic, nearest};
use serde_json::Value;

pub(crate) use changes::Change;
use effective::Effective;
use protect::View;

use crate::discover::Warning;
use crate::error::{Errors, broken};
use crate::stack::{Stack, StackFunction};

/// One overlay: a JSON merge patch of the template.
pub(crate) struct Overlay {
    /// Its path in the build script.
    pub(crate) path: PathBuf,
    pub(crate) patch: Value,
}

impl Overlay {
    /// Reads the file at `path` in the package's folder.
    pub(crate) fn read(package: &Path, path: &Path) -> Result<Self, Errors> {
        let fail = |why: String| inapplicable(path, &why);
        let text = std::fs::read_to_string(package.join(path))
            .map_err(|error| fail(format!("{error}; write the file, or correct its path")))?;
        let patch: Value = serde_json::from_str(&text)
            .map_err(|error| fail(format!("it is not JSON: {error}")))?;
        // Anything but an object would replace the whole template.
        if !patch.is_object() {
            return Err(fail(
                "it is not a JSON object; write `{\"Resources\": {…}}`".to_owned(),
            ));
        }
        let path = path.to_path_buf();
        Ok(Self { path, patch })
    }

    fn merge_into(&self, template: &mut Value) -> Result<(), Errors> {
        merge::merge(template, &self.patch);
        check_types(template).map_err(|why| inapplicable(&self.path, &why))
    }
}

/// The text after `; ` is a help.
fn inapplicable(path: &Path, why: &str) -> Errors {
    let mut parts = why.split("; ");
    let why = parts.next().unwrap_or_default();
    let problem = format!("overlay `{}` cannot be applied: {why}", path.display());
    parts
        .fold(broken(&OVERLAY, problem), Diagnostic::help)
        .into()
}

/// A misspelt logical id makes a new resource, of which the overlay gives only
/// some properties: it has no type.
fn check_types(template: &Value) -> Result<(), String> {
    let Some(resources) = template["Resources"].as_object() else {
        return Err("it leaves no object `Resources`; remove that from it".to_owned());
    };
    // `Fn::ForEach` and `Fn::Transform` make resources and are not resources.
    let has_no_type =
        |id: &str, resource: &Value| !resource["Type"].is_string() && !id.starts_with("Fn::");
    let mut untyped = resources
        .iter()
        .filter(|(id, resource)| has_no_type(id, resource));
    let Some((id, _)) = untyped.next() else {
        return Ok(());
    };
    let known = resources
        .iter()
        .filter(|(_, resource)| resource["Type"].is_string());
    let help = match nearest(id, known.map(|(id, _)| id.as_str())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "a resource of your own needs a `Type`; `stack.md` lists the generated ones".to_owned()
        }
    };
    Err(format!("the template has no resource `{id}`; {help}"))
}

/// What the overlays make of a stack.
pub(crate) struct Overlaid {
    pub(crate) template: Value,
    /// The stack with what the overlays set instead of the attributes.
    pub(crate) stack: Stack,
    pub(crate) warnings: Vec<Warning>,
    /// What differs from the template without overlays.
    pub(crate) changes: Vec<Change>,
}

/// Merges the overlays in their order into what `render` makes of the stack.
///
/// What the template derives from a setting, such as an alarm's threshold from
/// a queue's retention, follows the value of the overlays.
///
/// # Errors
/// If the result breaks a rule.
pub(crate) fn apply(
    overlays: &[Overlay],
    stack: &Stack,
    render: impl Fn(&Stack) -> Value,
) -> Result<Overlaid, Errors> {
    let merge = |mut template: Value| -> Result<Value, Errors> {
        for overlay in overlays {
            overlay.merge_into(&mut template)?;
        }
        Ok(template)
    };
    let before = render(stack);
    let first = merge(before.clone())?;
    let effective = stack.functions.iter();
    let effective: Vec<_> = effective
        .map(|entry| Effective::read(&entry.function, &first))
        .collect();
    let functions = stack.functions.iter().zip(&effective);
    let functions = functions.map(|(entry, effective)| StackFunction {
        binary: entry.binary.clone(),
        function: effective.function.clone(),
    });
    let stack_of = |functions| Stack {
        functions,
        ..stack.clone()
    };
    let after = stack_of(functions.collect());
    let template = merge(render(&after))?;

    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    let mut reported = BTreeSet::new();
    for ((entry, after), effective) in stack.functions.iter().zip(&after.functions).zip(&effective)
    {
        let generated = render(&stack_of(vec![after.clone()]));
        let view = View {
            generated: generated["Resources"]
                .as_object()
                .expect("resources of a function"),
            merged: &template,
            function: &after.function,
        };
        let settings = effective.findings(&entry.function, &before);
        for finding in view.findings().into_iter().chain(settings) {
            let Some((place, mut diagnostic)) = finding.diagnostic(overlays) else {
                continue;
            };
            // Functions share resources, and one value of an overlay can remove
            // several that are protected.
            let is_protected = finding.rule == &OVERLAY;
            let problem = (!is_protected).then(|| diagnostic.problem.clone());
            if !reported.insert((place, problem)) {
                continue;
            }
            let function = &entry.function;
            diagnostic.accepted = function.allow.iter().any(|id| id == finding.rule.id);
            match diagnostic.is_error() {
                true => errors.push(diagnostic),
                false => warnings.push(Warning {
                    binary: entry.binary.clone(),
                    function: function.name.clone(),
                    diagnostic,
                }),
            }
        }
    }
    Errors::check(errors)?;
    Ok(Overlaid {
        changes: changes::between(&before, &template),
        template,
        stack: after,
        warnings,
    })
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
