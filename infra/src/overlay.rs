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
use crate::stack::Stack;

/// One overlay: a JSON merge patch of the template.
pub(crate) struct Overlay {
    /// Its path in the build script.
    pub(crate) path: PathBuf,
    pub(crate) patch: Value,
}

impl Overlay {
    /// Reads the file at `path` in the package's folder.
    pub(crate) fn read(package: &Path, path: &Path) -> Result<Self, Errors> {
        let mut overlay = Self {
            path: path.to_path_buf(),
            patch: Value::Null,
        };
        let text = std::fs::read_to_string(package.join(path)).map_err(|error| {
            let help = "write the file, or correct its path in the build script";
            overlay.wrong("", format!("the overlay cannot be read: {error}"), help)
        })?;
        overlay.patch = serde_json::from_str(&text).map_err(|error| {
            let problem = format!("the overlay is not JSON: {error}");
            overlay.wrong("", problem, "correct it, or write `{}`")
        })?;
        // Anything but an object would replace the whole template.
        if !overlay.patch.is_object() {
            let help = "write `{\"Resources\": {…}}`";
            return Err(overlay.wrong("", "the overlay is not a JSON object", help));
        }
        Ok(overlay)
    }

    /// Something wrong at a JSON pointer of this overlay.
    fn wrong(&self, pointer: &str, problem: impl Into<String>, help: impl Into<String>) -> Errors {
        let diagnostic = broken(&OVERLAY, problem).help(help);
        self.locate(pointer.to_owned(), BTreeMap::new(), diagnostic)
            .into()
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
            let problem = "the overlay removes all resources";
            return Err(self.wrong("/Resources", problem, "remove `Resources` from it"));
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
            let help = "remove `Type` from the overlay";
            return Err(self.wrong(&pointer, format!("`{id}` has no `Type`"), help));
        }
        // A misspelt logical id makes a new resource, of which the overlay gives only
        // some properties.
        let known = resources.iter().filter(|it| !has_no_type(it));
        let help = match nearest(id, known.map(|(id, _)| id.as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "a resource of your own needs a `Type`; `stack.md` lists the generated ones"
                .to_owned(),
        };
        Err(self.wrong(
            &pointer,
            format!("the template has no resource `{id}`"),
            help,
        ))
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
    let functions = stack.functions.iter();
    let effective: Vec<_> = functions
        .map(|entry| Effective::read(&entry.function, &before, &first))
        .collect();
    let mut after = stack.clone();
    for (entry, effective) in after.functions.iter_mut().zip(&effective) {
        entry.function.clone_from(&effective.function);
        let (name, variables) = (&entry.function.name, &effective.deployed_env);
        if !variables.is_empty() {
            after.deployed_env.insert(name.clone(), variables.clone());
        }
    }
    let template = merge(render(&after))?;

    let (mut errors, mut warnings) = (Vec::new(), Vec::new());
    let mut reported = BTreeSet::new();
    for ((entry, after), effective) in stack.functions.iter().zip(&after.functions).zip(&effective)
    {
        let generated = render(&Stack {
            functions: vec![after.clone()],
            ..stack.clone()
        });
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
        for diagnostic in located {
            // Functions share resources, and one value of an overlay can remove
            // several that are protected.
            let is_protected = diagnostic.rule == &OVERLAY;
            let problem = (!is_protected).then(|| diagnostic.problem());
            let pointer = diagnostic.manifest.as_ref().map(|it| it.pointer.clone());
            if !reported.insert((pointer, problem)) {
                continue;
            }
            let warning = Warning::new(entry, diagnostic);
            match warning.diagnostic.is_error() {
                true => errors.push(warning.diagnostic),
                false => warnings.push(warning),
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
