//! The user's own additions to the template.

mod changes;
mod effective;
mod finding;
pub(crate) mod merge;
mod protect;
mod value;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use redrive_syntax::rules::catalog::OVERLAY;
use redrive_syntax::{Diagnostic, Manifest, nearest};
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
        let overlay = |patch| Self {
            path: path.to_path_buf(),
            patch,
        };
        let fail = |problem: String, help| overlay(Value::Null).wrong("", problem).help(help);
        let text = std::fs::read_to_string(package.join(path)).map_err(|error| {
            fail(
                format!("the overlay cannot be read: {error}"),
                "write the file, or correct its path in the build script",
            )
        })?;
        let patch: Value = serde_json::from_str(&text).map_err(|error| {
            fail(
                format!("the overlay is not JSON: {error}"),
                "correct it, or write `{}`",
            )
        })?;
        // Anything but an object would replace the whole template.
        match patch.is_object() {
            true => Ok(overlay(patch)),
            false => Err(fail(
                "the overlay is not a JSON object".to_owned(),
                "write `{\"Resources\": {…}}`",
            ))?,
        }
    }

    /// Something wrong at a JSON pointer of this overlay.
    fn wrong(&self, pointer: &str, problem: String) -> Diagnostic {
        self.locate(
            pointer.to_owned(),
            BTreeMap::new(),
            broken(&OVERLAY, problem),
        )
    }

    /// The diagnostic, at a JSON pointer of this overlay.
    fn locate(
        &self,
        pointer: String,
        properties: BTreeMap<&'static str, String>,
        diagnostic: Diagnostic,
    ) -> Diagnostic {
        let manifest = Manifest {
            path: self.path.display().to_string(),
            pointer,
            properties,
        };
        Diagnostic {
            manifest: Some(Box::new(manifest)),
            ..diagnostic
        }
    }

    fn merge_into(&self, template: &mut Value) -> Result<(), Errors> {
        let before = template["Resources"].clone();
        merge::merge(template, &self.patch);
        let Some(resources) = template["Resources"].as_object() else {
            let problem = "the overlay removes all resources".to_owned();
            let wrong = self.wrong("/Resources", problem);
            return Err(wrong.help("remove `Resources` from it").into());
        };
        // `Fn::ForEach` and `Fn::Transform` make resources and are not resources.
        let has_no_type = |(id, resource): &(&String, &Value)| {
            !resource["Type"].is_string() && !id.starts_with("Fn::")
        };
        let Some((id, _)) = resources.iter().find(has_no_type) else {
            return Ok(());
        };
        let pointer = format!("/Resources/{}", value::escaped(id));
        if before[id].is_object() {
            let wrong = self.wrong(&pointer, format!("`{id}` has no `Type`"));
            return Err(wrong.help("remove `Type` from the overlay").into());
        }
        // A misspelt logical id makes a new resource, of which the overlay gives only
        // some properties.
        let known = resources.iter().filter(|it| !has_no_type(it));
        let wrong = self.wrong(&pointer, format!("the template has no resource `{id}`"));
        let wrong = match nearest(id, known.map(|(id, _)| id.as_str())) {
            Some(near) => wrong.help(format!("did you mean `{near}`?")),
            None => wrong
                .help("a resource of your own needs a `Type`; `stack.md` lists the generated ones"),
        };
        Err(wrong.into())
    }
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
        .map(|entry| Effective::read(&entry.function, &before, &first))
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
    let mut after = stack_of(functions.collect());
    for (entry, effective) in stack.functions.iter().zip(&effective) {
        let names = effective.deployed_env.clone();
        if !names.is_empty() {
            after
                .deployed_env
                .insert(entry.function.name.clone(), names);
        }
    }
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
        let settings = effective.findings(&entry.function);
        let properties = effective.properties();
        let findings = view.findings().into_iter().chain(settings);
        let located = findings.filter_map(|finding| finding.located(overlays, &properties));
        for mut diagnostic in located {
            // Functions share resources, and one value of an overlay can remove
            // several that are protected.
            let is_protected = diagnostic.rule == &OVERLAY;
            let problem = (!is_protected).then(|| diagnostic.problem());
            let pointer = diagnostic.manifest.as_ref().map(|it| it.pointer.clone());
            if !reported.insert((pointer, problem)) {
                continue;
            }
            let function = &entry.function;
            diagnostic.accepted = function.allow.iter().any(|id| id == diagnostic.rule.id);
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
mod tests;
