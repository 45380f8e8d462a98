//! A rule that the template breaks once the overlays are merged.

use std::collections::BTreeMap;

use redrive_syntax::Diagnostic;
use redrive_syntax::rules::catalog::Rule;
use serde_json::Value;

use super::Overlay;
use super::value::{escaped, names};
use crate::error::broken;

/// What is wrong with the merged template.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// The JSON pointers of the values that break the rule, the likeliest first.
    pointers: Vec<String>,
    pub(super) diagnostic: Diagnostic,
}

impl Finding {
    pub(super) fn new(rule: &'static Rule, pointer: String, problem: impl Into<String>) -> Self {
        Self::at([pointer], broken(rule, problem))
    }

    pub(super) fn at(pointers: impl Into<Vec<String>>, diagnostic: Diagnostic) -> Self {
        let pointers = pointers.into();
        Self {
            pointers,
            diagnostic,
        }
    }

    #[must_use]
    pub(super) fn help(self, text: impl Into<String>) -> Self {
        Self {
            diagnostic: self.diagnostic.help(text),
            ..self
        }
    }

    /// The diagnostic, at the overlay that breaks the rule: the last that sets one of
    /// the values, because it overrides the others. `None` if no overlay does.
    pub(super) fn located(
        self,
        overlays: &[Overlay],
        properties: &BTreeMap<&'static str, String>,
    ) -> Option<Diagnostic> {
        let (overlay, pointer) = self.pointers.iter().find_map(|pointer| {
            let mut last = overlays.iter().rev();
            last.find_map(|overlay| Some((overlay, set_at(&overlay.patch, pointer)?)))
        })?;
        let mut diagnostic = self.diagnostic;
        if diagnostic.fixes.is_empty() {
            let name = names(&pointer).last().unwrap_or_default();
            diagnostic = diagnostic.help(format!("remove `{name}` from the overlay"));
        }
        Some(overlay.locate(pointer, properties.clone(), diagnostic))
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
