//! The user's own additions to the template.

mod changes;
mod check;
mod literal_value;
mod merged;
mod mistake;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use redrive_syntax::rules::{self, catalog::Level};
use redrive_syntax::{Diagnostic, nearest};
use serde_json::Value;

pub(crate) use changes::Change;
use check::View;
use merged::Merged;
use mistake::Mistake;

use crate::discover::Note;
use crate::error::{Error, Errors};
use crate::stack::{Stack, StackFunction};

/// One overlay: a JSON merge patch
/// ([RFC 7396](https://www.rfc-editor.org/rfc/rfc7396)) of the template.
pub(crate) struct Overlay {
    /// Its path as the build script gives it.
    pub(crate) path: PathBuf,
    pub(crate) patch: Value,
}

impl Overlay {
    /// Reads the file at `path` in the package's folder.
    pub(crate) fn read(package: &Path, path: &Path) -> Result<Self, Error> {
        let fail = |why: String| Error::Overlay(path.to_path_buf(), why);
        let text = std::fs::read_to_string(package.join(path))
            .map_err(|error| fail(format!("{error}; write the file, or mend its path")))?;
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

    /// Objects are merged, `null` removes, anything else replaces.
    fn merge_into(&self, template: &mut Value) -> Result<(), Error> {
        json_patch::merge(template, &self.patch);
        check_types(template).map_err(|why| Error::Overlay(self.path.clone(), why))
    }
}

/// A misspelt logical id makes a new resource, of which the overlay gives only
/// some properties: it has no type.
fn check_types(template: &Value) -> Result<(), String> {
    let Some(resources) = template["Resources"].as_object() else {
        return Err("it leaves no object `Resources`; remove that from it".to_owned());
    };
    match resources
        .iter()
        .find(|(_, resource)| !resource["Type"].is_string())
    {
        None => Ok(()),
        Some((id, _)) => {
            let known: Vec<_> = resources
                .iter()
                .filter(|(_, resource)| resource["Type"].is_string())
                .map(|(id, _)| id.as_str())
                .collect();
            let names = match nearest(id, known.iter().copied()) {
                Some(near) => format!("`{near}`"),
                None => format!("one of `{}`", known.join("`, `")),
            };
            Err(format!(
                "the template has no resource `{id}`, and one of your own needs a `Type`; did you mean {names}?"
            ))
        }
    }
}

/// What the overlays make of a stack.
pub(crate) struct Overlaid {
    pub(crate) template: Value,
    /// The stack with what the overlays set instead of the attributes.
    pub(crate) stack: Stack,
    /// What is doubtful about it.
    pub(crate) doubts: Vec<Doubt>,
    /// What is not as the attributes alone would have it.
    pub(crate) changes: Vec<Change>,
}

/// A warning about what an overlay sets of a function.
pub(crate) struct Doubt {
    pub(crate) binary: String,
    pub(crate) function: String,
    pub(crate) warning: Diagnostic,
}

impl Doubt {
    pub(crate) fn note(&self) -> Note<'_> {
        Note {
            binary: &self.binary,
            function: &self.function,
            warning: Cow::Borrowed(&self.warning),
        }
    }
}

/// Merges the overlays, in their order, into what `render` makes of the stack,
/// and refuses what breaks a rule.
///
/// What the template derives from a setting, such as an alarm's threshold from
/// a queue's retention, follows the overlays' value, too.
pub(crate) fn apply(
    overlays: &[Overlay],
    stack: &Stack,
    render: impl Fn(&Stack) -> Value,
) -> Result<Overlaid, Errors> {
    let merge = |mut template: Value| -> Result<Value, Error> {
        for overlay in overlays {
            overlay.merge_into(&mut template)?;
        }
        Ok(template)
    };
    let before = render(stack);
    if overlays.is_empty() {
        return Ok(Overlaid {
            template: before,
            stack: stack.clone(),
            doubts: Vec::new(),
            changes: Vec::new(),
        });
    }
    let first = merge(before.clone())?;
    let read: Vec<_> = stack
        .functions
        .iter()
        .map(|entry| Merged::read(&entry.function, &first))
        .collect();
    let functions = stack.functions.iter().zip(&read);
    let functions = functions.map(|(entry, merged)| StackFunction {
        binary: entry.binary.clone(),
        function: merged.function.clone(),
    });
    let stack_after = Stack {
        functions: functions.collect(),
        ..stack.clone()
    };
    let base = render(&stack_after);
    let template = merge(base.clone())?;

    let general = check::template(&before, &template);
    let mut judged = Judged {
        overlays,
        errors: Vec::new(),
        taken_away: BTreeSet::new(),
        doubts: Vec::new(),
    };
    general.iter().for_each(|mistake| judged.refuse(mistake));
    for (entry, merged) in stack.functions.iter().zip(&read) {
        let view = View::new(&template, &base, &before, entry, merged);
        for mistake in merged.mistakes.iter().chain(&view.mistakes(&general)) {
            judged.judge(entry, mistake);
        }
    }
    Errors::check(judged.errors)?;
    Ok(Overlaid {
        changes: changes::between(&before, &template),
        template,
        stack: stack_after,
        doubts: judged.doubts,
    })
}

/// Errors and warnings, kept apart.
struct Judged<'a> {
    overlays: &'a [Overlay],
    errors: Vec<Error>,
    /// Where the rule `overlay` is broken.
    taken_away: BTreeSet<Option<String>>,
    doubts: Vec<Doubt>,
}

impl Judged<'_> {
    fn judge(&mut self, entry: &StackFunction, mistake: &Mistake) {
        let function = &entry.function;
        let accepted = function.allow.iter().any(|id| id == mistake.rule);
        match rules::find(mistake.rule) {
            Some(rule) if rule.level == Level::Warning => {
                self.doubt(entry, rule, mistake, accepted)
            }
            Some(rule) if rule.level == Level::Deliberate && accepted => {
                self.doubt(entry, rule, mistake, accepted);
            }
            _ => self.refuse(mistake),
        }
    }

    fn refuse(&mut self, mistake: &Mistake) {
        let Some(error) = mistake.error(self.overlays) else {
            return;
        };
        // With what is around them, an overlay takes several things away at once.
        let place = mistake.place(self.overlays).map(|(_, pointer)| pointer);
        if mistake.rule != "overlay" || self.taken_away.insert(place) {
            self.errors.push(error);
        }
    }

    fn doubt(
        &mut self,
        entry: &StackFunction,
        rule: &'static rules::catalog::Rule,
        mistake: &Mistake,
        accepted: bool,
    ) {
        let Some(message) = mistake.words(self.overlays) else {
            return;
        };
        self.doubts.push(Doubt {
            binary: entry.binary.clone(),
            function: entry.function.name.clone(),
            warning: Diagnostic {
                accepted,
                see: None,
                ..Diagnostic::new(rule, proc_macro2::Span::call_site(), message)
            },
        });
    }
}

#[cfg(test)]
mod tests;
