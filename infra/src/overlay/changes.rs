//! What the overlays change, for `stack.md`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::merge::is_intrinsic;
use super::value::escaped;

/// One value of the template that an overlay changes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    /// The value's JSON pointer.
    pub(crate) pointer: String,
    /// Without the overlays; `None` if there is no such value.
    pub(crate) before: Option<Value>,
    /// With them; `None` if they remove it.
    pub(crate) after: Option<Value>,
}

/// The changes from one template to the other, in the order of their keys.
pub(super) fn between(before: &Value, after: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(Some(before), Some(after), String::new(), &mut changes);
    changes.sort_by(|one, other| one.pointer.cmp(&other.pointer));
    changes
}

fn compare(
    before: Option<&Value>,
    after: Option<&Value>,
    pointer: String,
    changes: &mut Vec<Change>,
) {
    match (before, after) {
        _ if before == after => {}
        (Some(old @ Value::Object(_)), Some(new @ Value::Object(_)))
            if !is_intrinsic(old) && !is_intrinsic(new) =>
        {
            let names = [old, new]
                .into_iter()
                .filter_map(Value::as_object)
                .flat_map(|it| it.keys());
            for name in names.collect::<BTreeSet<_>>() {
                let pointer = format!("{pointer}/{}", escaped(name));
                compare(old.get(name), new.get(name), pointer, changes);
            }
        }
        _ => changes.push(Change {
            pointer,
            before: before.cloned(),
            after: after.cloned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Change, between};

    #[test]
    fn the_smallest_values_that_differ() {
        let before = json!({ "A": { "B": 1, "C": [1], "D": 4 }, "E": 5, "I": { "Ref": "A" } });
        let after = json!({ "A": { "B": 2, "C": [1, 2] }, "E": 5, "F/G": { "H": 6 }, "I": { "Fn::Sub": "B" } });
        let change = |pointer: &str, before, after| Change {
            pointer: pointer.to_owned(),
            before,
            after,
        };
        let expected = [
            change("/A/B", Some(json!(1)), Some(json!(2))),
            change("/A/C", Some(json!([1])), Some(json!([1, 2]))),
            change("/A/D", Some(json!(4)), None),
            change("/F~1G", None, Some(json!({ "H": 6 }))),
            change(
                "/I",
                Some(json!({ "Ref": "A" })),
                Some(json!({ "Fn::Sub": "B" })),
            ),
        ];
        assert_eq!(between(&before, &after), expected);
        assert!(between(&after, &after).is_empty());
    }
}
