//! Differences between two manifests of a package.

use std::collections::BTreeSet;

use redrive_infra::stack::Stack;
use redrive_syntax::show;
use serde_json::Value;

/// The resources, parameters, outputs and so on of two templates that differ, one
/// line each.
pub(super) fn of_templates(old: &Value, new: &Value) -> Vec<String> {
    let parts = |template: &Value| {
        let mut rest = template.as_object().cloned().unwrap_or_default();
        let resources = rest.remove("Resources");
        let resources = resources.and_then(|all| all.as_object().cloned());
        (resources.unwrap_or_default(), Value::Object(rest))
    };
    let ((old, old_rest), (new, new_rest)) = (parts(old), parts(new));
    let ids: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for id in ids {
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

fn kind(resource: &Value) -> &str {
    resource["Type"].as_str().unwrap_or("without a type")
}

/// The innermost values that differ, with their path.
fn differences(path: &str, old: &Value, new: &Value, changes: &mut Vec<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for key in keys {
                let [old, new] = [old, new].map(|map| map.get(key).unwrap_or(&Value::Null));
                differences(&format!("{path}/{key}"), old, new, changes);
            }
        }
        _ if old != new => changes.push(format!("changed: {path}: {old} is now {new}")),
        _ => {}
    }
}

/// Changes after which messages are lost, or remain in a queue that nothing reads.
pub(super) fn that_strand_messages(old: &Stack, new: &Stack) -> Vec<String> {
    let mut changes = Vec::new();
    for old in old.functions.iter().map(|entry| &entry.function) {
        let name = &old.name;
        let new = new.functions.iter().map(|entry| &entry.function);
        let Some(new) = new.into_iter().find(|new| new.name == *name) else {
            changes.push(format!(
                "`{name}` is no longer deployed; its queues `{}` and `{}` are kept, but not read\
                 \nhelp: stop the senders and wait until both queues are empty before you deploy",
                old.queue,
                old.dlq()
            ));
            continue;
        };
        if old.queue != new.queue {
            changes.push(format!(
                "`{name}` reads the queue `{}` instead of `{}`, which is kept, but not read\
                 \nhelp: wait until `{1}` and its DLQ are empty before you deploy",
                new.queue, old.queue
            ));
        }
        for (key, old, new) in [
            ("retention", old.retention, new.retention),
            ("dlq_retention", old.dlq_retention, new.dlq_retention),
        ] {
            if new < old {
                changes.push(format!(
                    "`{key}` of `{name}` is {} instead of {}; older messages are lost\
                     \nhelp: process or redrive these messages before you deploy",
                    show(new),
                    show(old),
                ));
            }
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use redrive_infra::stack::{Architecture, StackFunction};
    use serde_json::json;

    use super::*;

    fn stack(attribute: &str, name: &str) -> Stack {
        let item = format!("async fn {name}(_: Order) -> Result<(), Error> {{}}");
        let tokens = |text: &str| text.parse().expect("tokens");
        let function = redrive_syntax::parse(tokens(attribute), tokens(&item)).function;
        let binary = "orders".to_owned();
        let functions = vec![StackFunction { binary, function }];
        Stack::new("shop", Architecture::Arm64, functions)
    }

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
    fn changes_that_strand_messages_are_reported() {
        let old = stack("retention = \"4d\"", "handle");
        for (attribute, name, text) in [
            ("", "renamed", "`handle` is no longer deployed"),
            (
                "queue = \"other\"",
                "handle",
                "reads the queue `other` instead of `handle`",
            ),
            (
                "retention = \"1d\"",
                "handle",
                "`retention` of `handle` is 24 h instead of 4 d",
            ),
        ] {
            let changes = that_strand_messages(&old, &stack(attribute, name));
            let [change] = &changes[..] else {
                panic!("{changes:?}");
            };
            assert!(
                change.contains(text) && change.contains("\nhelp: "),
                "{change}"
            );
        }
        assert!(that_strand_messages(&old, &stack("memory = 512", "handle")).is_empty());
    }

    #[test]
    fn resources_are_compared_by_id_and_by_value() {
        let template = |resources: Value| json!({ "Resources": resources });
        let old = template(json!({
            "Gone": { "Type": "AWS::SQS::Queue" },
            "Kept": { "Type": "AWS::SQS::Queue", "Properties": { "VisibilityTimeout": 30 } },
        }));
        let new = template(json!({
            "Kept": { "Type": "AWS::SQS::Queue", "Properties": { "VisibilityTimeout": 60 } },
            "New": { "Type": "AWS::IAM::Role" },
        }));
        let expected = [
            "removed: Gone (AWS::SQS::Queue)",
            "changed: Kept/Properties/VisibilityTimeout: 30 is now 60",
            "added: New (AWS::IAM::Role)",
        ];
        assert_eq!(of_templates(&old, &new), expected);
        assert!(of_templates(&old, &old).is_empty());
    }
}
