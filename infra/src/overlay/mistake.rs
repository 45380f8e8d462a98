//! A rule that the template breaks once the overlays are merged.

use redrive_syntax::rules;
use serde_json::Value;

use super::Overlay;
use super::literal_value::{escaped, names};
use crate::error::Error;

/// What is wrong with the merged template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// The rule's id.
    pub(super) rule: &'static str,
    /// The JSON pointers of the values that it is about, the likeliest first.
    pub(super) pointers: Vec<String>,
    /// What is wrong and what would be right.
    pub(super) why: String,
}

impl Mistake {
    pub(super) fn new(rule: &'static str, pointer: String, why: String) -> Self {
        Self {
            rule,
            pointers: vec![pointer],
            why,
        }
    }

    /// The overlay that makes the mistake, and the JSON pointer of what it sets:
    /// the last that sets one of the values, for it overrules the others.
    pub(super) fn place<'a>(&self, overlays: &'a [Overlay]) -> Option<(&'a Overlay, String)> {
        self.pointers.iter().find_map(|pointer| {
            overlays
                .iter()
                .rev()
                .find_map(|overlay| Some((overlay, set_at(&overlay.patch, pointer)?)))
        })
    }

    /// The error; none if no overlay has to do with it.
    pub(super) fn error(&self, overlays: &[Overlay]) -> Option<Error> {
        Some(Error::Overlaid {
            rule: rules::find(self.rule).unwrap_or(&rules::catalog::OVERLAY),
            why: self.words(overlays)?,
        })
    }

    /// Where it is, what is wrong and what would be right.
    pub(super) fn words(&self, overlays: &[Overlay]) -> Option<String> {
        let (overlay, pointer) = self.place(overlays)?;
        Some(format!(
            "overlay `{}`, `{pointer}`: {}",
            overlay.path.display(),
            self.why
        ))
    }
}

/// Where the patch sets what `pointer` names: there, or at a value that it
/// replaces as a whole.
fn set_at(patch: &Value, pointer: &str) -> Option<String> {
    let mut value = patch;
    let mut place = String::new();
    for name in names(pointer) {
        if !value.is_object() {
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
        let patch = json!({ "A": { "B": 1, "C": null, "D": { "E": 2 }, "F/~": 3 } });
        let at = |pointer| set_at(&patch, pointer);
        assert_eq!(at("/A/B").as_deref(), Some("/A/B"));
        assert_eq!(at("/A/C/X/Y").as_deref(), Some("/A/C"));
        assert_eq!(at("/A/D").as_deref(), Some("/A/D"));
        assert_eq!(at("/A/D/F"), None);
        assert_eq!(at("/A/F~1~0").as_deref(), Some("/A/F~1~0"));
        assert_eq!(at("/A/F/~"), None);
        assert_eq!(at("/B"), None);
    }
}
