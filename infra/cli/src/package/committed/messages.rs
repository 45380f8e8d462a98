//! Changes after which messages are lost, or remain in a queue that nothing reads.

use redrive_infra::stack::{Stack, StackFunction};
use redrive_syntax::{Function, show};
use serde_json::Value;

/// A new prefix of the queues' names.
pub(super) fn of_prefix(old: &Value, new: &Value) -> Option<String> {
    let default = |template: &Value| template["Parameters"]["NamePrefix"]["Default"].clone();
    let (old, new) = (default(old), default(new));
    (old != new).then(|| {
        format!(
            "the default of `NamePrefix` is {new} instead of {old}: each queue is replaced, and nothing \
             reads the old ones\n\
             help: stop the senders and wait until all queues and DLQs are empty before you deploy, or \
             deploy with `NamePrefix={}`",
            old.as_str().unwrap_or_default()
        )
    })
}

/// The changes of each function.
pub(super) fn of_functions(old: &Stack, new: &Stack) -> Vec<String> {
    let mut changes = Vec::new();
    for entry in &old.functions {
        let function = &entry.function;
        let mut others = new.functions.iter().map(|it| &it.function);
        match others.find(|it| it.name == function.name) {
            Some(new) => {
                changes.extend(of_queue(function, new));
                changes.extend(of_retention(function, new));
            }
            None => changes.push(removed(entry, old, new)),
        }
    }
    changes
}

fn removed(entry: &StackFunction, old: &Stack, new: &Stack) -> String {
    let Function { name, queue, .. } = &entry.function;
    let dlq = entry.function.dlq();
    let is_new = |it: &&StackFunction| {
        old.functions
            .iter()
            .all(|old| old.function.name != it.function.name)
    };
    let mut added = new.functions.iter().filter(is_new);
    let renamed = added.find(|it| it.function.queue == *queue || it.binary == entry.binary);
    match renamed.map(|it| &it.function) {
        Some(renamed) if renamed.queue == *queue => format!(
            "`{name}` is renamed to `{}`, with the same queue: the deployment fails, because the queue \
             `{queue}` exists\n\
             help: keep the name, or follow \"Before you rename or remove a function\" in stack.md",
            renamed.name
        ),
        Some(renamed) => format!(
            "`{name}` is renamed to `{}`: nothing reads its queues `{queue}` and `{dlq}` any more\n\
             help: deploy both functions until the two queues are empty; see \"Before you rename or \
             remove a function\" in stack.md",
            renamed.name
        ),
        None => format!(
            "`{name}` is removed: nothing reads its queues `{queue}` and `{dlq}` any more\n\
             help: stop the senders and wait until both queues are empty before you deploy"
        ),
    }
}

fn of_queue(old: &Function, new: &Function) -> Option<String> {
    let kind = |function: &Function| match function.is_fifo() {
        true => "FIFO queue",
        false => "queue",
    };
    let senders = match (old.is_fifo(), new.is_fifo()) {
        (false, true) => "; senders to a FIFO queue must set a message group id",
        (true, false) => "; a standard queue does not keep the order",
        _ => "",
    };
    (old.queue != new.queue).then(|| {
        format!(
            "`{}` reads the {} `{}` instead of the {} `{}`: nothing reads the old queue and its DLQ any more\n\
             help: stop the senders and wait until `{4}` and `{}` are empty before you deploy{senders}",
            new.name,
            kind(new),
            new.queue,
            kind(old),
            old.queue,
            old.dlq(),
        )
    })
}

fn of_retention(old: &Function, new: &Function) -> Vec<String> {
    let mut changes = Vec::new();
    for (key, queue, first, old, new) in [
        (
            "retention",
            &old.queue,
            "process",
            old.retention,
            new.retention,
        ),
        (
            "dlq_retention",
            &old.dlq(),
            "redrive",
            old.dlq_retention,
            new.dlq_retention,
        ),
    ] {
        if new < old {
            let (old, new) = (show(old), show(new));
            changes.push(format!(
                "`{key}` is {new} instead of {old}: SQS deletes the messages of `{queue}` that are older \
                 than {new}\n\
                 help: {first} them before you deploy"
            ));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use redrive_infra::stack::Architecture;
    use serde_json::json;

    use super::*;

    fn entry(attribute: &str, name: &str, binary: &str) -> StackFunction {
        let item = format!("async fn {name}(_: Order) -> Result<(), Error> {{}}");
        let tokens = |text: &str| text.parse().expect("tokens");
        let function = redrive_syntax::parse(tokens(attribute), tokens(&item)).function;
        let binary = binary.to_owned();
        StackFunction { binary, function }
    }

    /// The change from `handle` with the first attribute to this function.
    fn change(attribute: &str, new: (&str, &str, &str)) -> String {
        let stack = |entry| Stack::new("shop", Architecture::Arm64, vec![entry]);
        let old = stack(entry(attribute, "handle", "orders"));
        let changes = of_functions(&old, &stack(entry(new.0, new.1, new.2)));
        let [change] = &changes[..] else {
            panic!("{changes:?}");
        };
        change.clone()
    }

    #[track_caller]
    fn reads(change: &str, problem: &str, help: &str) {
        assert_eq!(change, format!("{problem}\nhelp: {help}"));
    }

    #[test]
    fn a_function_that_is_removed() {
        reads(
            &change("", ("", "other", "others")),
            "`handle` is removed: nothing reads its queues `handle` and `handle-dlq` any more",
            "stop the senders and wait until both queues are empty before you deploy",
        );
    }

    #[test]
    fn a_function_that_is_renamed() {
        reads(
            &change("", ("", "renamed", "orders")),
            "`handle` is renamed to `renamed`: nothing reads its queues `handle` and `handle-dlq` any more",
            "deploy both functions until the two queues are empty; see \"Before you rename or remove a \
             function\" in stack.md",
        );
        reads(
            &change(
                "queue = \"orders\"",
                ("queue = \"orders\"", "renamed", "renamed"),
            ),
            "`handle` is renamed to `renamed`, with the same queue: the deployment fails, because the \
             queue `orders` exists",
            "keep the name, or follow \"Before you rename or remove a function\" in stack.md",
        );
    }

    #[test]
    fn a_changed_queue() {
        reads(
            &change("", ("queue = \"b\"", "handle", "orders")),
            "`handle` reads the queue `b` instead of the queue `handle`: nothing reads the old queue and \
             its DLQ any more",
            "stop the senders and wait until `handle` and `handle-dlq` are empty before you deploy",
        );
    }

    #[test]
    fn a_queue_that_becomes_fifo_or_standard() {
        let fifo = "queue = \"a.fifo\", allow = \"fifo_dlq_order\"";
        reads(
            &change("queue = \"a\"", (fifo, "handle", "orders")),
            "`handle` reads the FIFO queue `a.fifo` instead of the queue `a`: nothing reads the old queue \
             and its DLQ any more",
            "stop the senders and wait until `a` and `a-dlq` are empty before you deploy; senders to a \
             FIFO queue must set a message group id",
        );
        let standard = change(fifo, ("queue = \"a\"", "handle", "orders"));
        assert!(
            standard.contains("instead of the FIFO queue `a.fifo`"),
            "{standard}"
        );
        assert!(
            standard.ends_with("; a standard queue does not keep the order"),
            "{standard}"
        );
    }

    #[test]
    fn a_shorter_retention() {
        reads(
            &change(
                "retention = \"4d\"",
                ("retention = \"1d\"", "handle", "orders"),
            ),
            "`retention` is 24 h instead of 4 d: SQS deletes the messages of `handle` that are older than 24 h",
            "process them before you deploy",
        );
        reads(
            &change(
                "dlq_retention = \"14d\"",
                ("dlq_retention = \"10d\"", "handle", "orders"),
            ),
            "`dlq_retention` is 10 d instead of 14 d: SQS deletes the messages of `handle-dlq` that are older than 10 d",
            "redrive them before you deploy",
        );
    }

    #[test]
    fn a_new_prefix() {
        let template =
            |prefix: &str| json!({ "Parameters": { "NamePrefix": { "Default": prefix } } });
        assert_eq!(of_prefix(&template(""), &template("")), None);
        reads(
            &of_prefix(&template("a-"), &template("b-")).expect("a change"),
            "the default of `NamePrefix` is \"b-\" instead of \"a-\": each queue is replaced, and nothing reads \
             the old ones",
            "stop the senders and wait until all queues and DLQs are empty before you deploy, or deploy with \
             `NamePrefix=a-`",
        );
    }

    #[test]
    fn other_changes_are_not_reported() {
        let stack = |attribute| {
            Stack::new(
                "shop",
                Architecture::Arm64,
                vec![entry(attribute, "handle", "a")],
            )
        };
        let changed = "memory = 512, retention = \"10d\", dlq_retention = \"14d\"";
        assert!(of_functions(&stack(""), &stack(changed)).is_empty());
    }
}
