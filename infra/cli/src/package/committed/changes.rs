//! Differences between two templates.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The resources, parameters, outputs and so on that differ, one line each.
pub(super) fn of_templates(old: &Value, new: &Value) -> Vec<String> {
    let parts = |template: &Value| {
        let mut rest = template.as_object().cloned().unwrap_or_default();
        let resources = rest.remove("Resources");
        let resources = resources.and_then(|all| all.as_object().cloned());
        (resources.unwrap_or_default(), Value::Object(rest))
    };
    let ((old, old_rest), (new, new_rest)) = (parts(old), parts(new));
    let mut changes = Vec::new();
    for id in keys(&old, &new) {
        match (old.get(id), new.get(id)) {
            (Some(old), None) => changes.push(format!("removed: {id} ({})", kind(old))),
            (None, Some(new)) => changes.push(format!("added: {id} ({})", kind(new))),
            (Some(old), Some(new)) => differences(id, old, new, &mut changes),
            (None, None) => {}
        }
    }
    differences("", &old_rest, &new_rest, &mut changes);
    changes
}

fn keys<'a>(old: &'a Map<String, Value>, new: &'a Map<String, Value>) -> BTreeSet<&'a String> {
    old.keys().chain(new.keys()).collect()
}

fn kind(resource: &Value) -> &str {
    resource["Type"].as_str().unwrap_or("without a type")
}

/// The innermost values that differ, with their path.
fn differences(path: &str, old: &Value, new: &Value, changes: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for key in keys(old, new) {
                let [old, new] = [old, new].map(|map| map.get(key).unwrap_or(&Value::Null));
                differences(&format!("{path}/{key}"), old, new, changes);
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                differences(&format!("{path}/{index}"), old, new, changes);
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            let known = changes.len();
            for (what, all, others) in [("removed", before, after), ("added", after, before)] {
                let only = all.iter().filter(|value| !others.contains(value));
                changes.extend(only.map(|value| format!("{what}: {path}: {value}")));
            }
            // One of them has a value more than once.
            if changes.len() == known {
                changes.push(format!("changed: {path}: {old} is now {new}"));
            }
        }
        (Value::Null, new) if !new.is_null() => changes.push(format!("added: {path}: {new}")),
        (old, Value::Null) if !old.is_null() => changes.push(format!("removed: {path}: {old}")),
        _ if old != new => changes.push(format!("changed: {path}: {old} is now {new}")),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_and_outputs_are_compared_too() {
        let template = |days: u32| {
            json!({
                "Parameters": { "LogRetentionDays": { "Default": days } },
                "Resources": {}
            })
        };
        assert!(of_templates(&template(30), &template(30)).is_empty());
        let changes = of_templates(&template(30), &template(7));
        assert_eq!(
            changes,
            ["changed: /Parameters/LogRetentionDays/Default: 30 is now 7"]
        );
    }

    #[test]
    fn a_list_is_compared_by_what_is_added_and_removed() {
        let template = |actions: Value| json!({ "Resources": { "Role": { "Actions": actions } } });
        let changes = |old, new| of_templates(&template(old), &template(new));
        assert_eq!(
            changes(json!(["a", "b"]), json!(["a", "c", "d"])),
            [
                "removed: Role/Actions: \"b\"",
                "added: Role/Actions: \"c\"",
                "added: Role/Actions: \"d\"",
            ]
        );
        assert_eq!(
            changes(json!(["a", "a"]), json!(["a"])),
            ["changed: Role/Actions: [\"a\",\"a\"] is now [\"a\"]"]
        );
    }

    #[test]
    fn resources_are_compared_by_id_and_by_value() {
        let template = |resources: Value| json!({ "Resources": resources });
        let old = template(json!({
            "Gone": { "Type": "AWS::SQS::Queue" },
            "Kept": { "Type": "AWS::Lambda::Function", "Properties": {
                "Architectures": ["x86_64"], "Timeout": 30,
            } },
        }));
        let new = template(json!({
            "Kept": { "Type": "AWS::Lambda::Function", "Properties": {
                "Architectures": ["arm64"], "MemorySize": 256,
            } },
            "New": { "Type": "AWS::IAM::Role" },
        }));
        let expected = [
            "removed: Gone (AWS::SQS::Queue)",
            "changed: Kept/Properties/Architectures/0: \"x86_64\" is now \"arm64\"",
            "added: Kept/Properties/MemorySize: 256",
            "removed: Kept/Properties/Timeout: 30",
            "added: New (AWS::IAM::Role)",
        ];
        assert_eq!(of_templates(&old, &new), expected);
        assert!(of_templates(&old, &old).is_empty());
    }
}
