//! A rule that the template breaks once the overlays are merged.

use redrive_syntax::Diagnostic;
use redrive_syntax::rules::catalog::Rule;
use serde_json::Value;

use super::Overlay;
use super::value::{escaped, names};

/// What is wrong with the merged template.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) rule: &'static Rule,
    /// The JSON pointers of the values that break it, the likeliest first.
    pub(super) pointers: Vec<String>,
    pub(super) problem: String,
    pub(super) help: Vec<String>,
}

impl Finding {
    pub(super) fn new(rule: &'static Rule, pointer: String, problem: String) -> Self {
        Self::at([pointer], rule, problem)
    }

    pub(super) fn at(
        pointers: impl Into<Vec<String>>,
        rule: &'static Rule,
        problem: String,
    ) -> Self {
        Self {
            rule,
            pointers: pointers.into(),
            problem,
            help: Vec::new(),
        }
    }

    #[must_use]
    pub(super) fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// The overlay that breaks the rule, and the JSON pointer of what it sets: the
    /// last that sets one of the values, as it overrides the others.
    fn place<'a>(&self, overlays: &'a [Overlay]) -> Option<(&'a Overlay, String)> {
        self.pointers.iter().find_map(|pointer| {
            let mut last = overlays.iter().rev();
            last.find_map(|overlay| Some((overlay, set_at(&overlay.patch, pointer)?)))
        })
    }

    /// Its place and the diagnostic; none if no overlay sets one of the values.
    pub(super) fn diagnostic(&self, overlays: &[Overlay]) -> Option<(String, Diagnostic)> {
        let (overlay, pointer) = self.place(overlays)?;
        let problem = format!(
            "overlay `{}`, `{pointer}`: {}",
            overlay.path.display(),
            self.problem
        );
        let span = proc_macro2::Span::call_site();
        let diagnostic = Diagnostic::new(self.rule, span, problem);
        let help = self.help.iter().cloned();
        Some((pointer, help.fold(diagnostic, Diagnostic::help)))
    }
}

/// Where the patch sets the value at `pointer`: there, or at a value around it
/// that the patch replaces as a whole.
fn set_at(patch: &Value, pointer: &str) -> Option<String> {
    let mut value = patch;
    let mut place = String::new();
    for name in names(pointer) {
        if !value.is_object() || super::merge::is_intrinsic(value) {
            return Some(place);
        }
        value = value.get(&name)?;
        place = format!("{place}/{}", escaped(&name));
    }
    Some(place)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::set_at;

    #[test]
    fn a_patch_sets_a_value_or_what_is_around_it() {
        let patch =
            json!({ "A": { "B": 1, "C": null, "D": { "E": 2 }, "F/~": 3, "G": { "Ref": "X" } } });
        let at = |pointer| set_at(&patch, pointer);
        assert_eq!(at("/A/B").as_deref(), Some("/A/B"));
        assert_eq!(at("/A/C/X/Y").as_deref(), Some("/A/C"));
        assert_eq!(at("/A/D").as_deref(), Some("/A/D"));
        assert_eq!(at("/A/D/F"), None);
        assert_eq!(at("/A/F~1~0").as_deref(), Some("/A/F~1~0"));
        assert_eq!(at("/A/F/~"), None);
        assert_eq!(at("/A/G/X").as_deref(), Some("/A/G"));
        assert_eq!(at("/B"), None);
    }
}
