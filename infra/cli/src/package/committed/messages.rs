//! Changes after which messages are lost, or remain in a queue that nothing reads, or that
//! a deployment makes only in part.

use redrive_infra::Format;
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
            Some(it) => {
                changes.extend(of_queue(function, it, new));
                changes.extend(of_dlq(function, it));
                changes.extend(of_retention(function, it));
                changes.extend(of_pollers(function, it));
            }
            None => changes.extend(removed(entry, old, new)),
        }
    }
    changes
}

fn removed(entry: &StackFunction, old: &Stack, new: &Stack) -> Option<String> {
    let Function { name, queue, .. } = &entry.function;
    let (queues, fate) = (queues(&entry.function), fate(&entry.function, new));
    let is_new = |it: &&StackFunction| {
        old.functions
            .iter()
            .all(|old| old.function.name != it.function.name)
    };
    let mut added = new.functions.iter().filter(is_new);
    let renamed = added.find(|it| it.function.queue == *queue || it.binary == entry.binary);
    Some(match renamed.map(|it| &it.function) {
        // The new function reads the queue that exists.
        Some(renamed) if renamed.queue == *queue && renamed.existing_queue().is_some() => {
            return None;
        }
        Some(renamed) if renamed.queue == *queue => format!(
            "`{name}` is renamed to `{}`, with the same queue: the deployment fails, because the queue \
             `{queue}` exists\n\
             help: keep the name, or follow \"Before you rename or remove a function\" in stack.md",
            renamed.name
        ),
        Some(renamed) => format!(
            "`{name}` is renamed to `{}`: {fate}\n\
             help: deploy both functions until nothing is in {queues}; see \"Before you rename or remove a \
             function\" in stack.md",
            renamed.name
        ),
        None => format!(
            "`{name}` is removed: {fate}\n\
             help: stop the senders and wait until nothing is in {queues} before you deploy"
        ),
    })
}

fn of_queue(old: &Function, new: &Function, stack: &Stack) -> Option<String> {
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
        let (queues, fate) = (queues(old), fate(old, stack));
        format!(
            "`{}` reads the {} `{}` instead of the {} `{}`: {fate}\n\
             help: stop the senders and wait until nothing is in {queues} before you deploy{senders}",
            new.name,
            kind(new),
            new.queue,
            kind(old),
            old.queue,
        )
    })
}

/// Another DLQ of the same queue.
fn of_dlq(old: &Function, new: &Function) -> Option<String> {
    let have_one = old.has_dlq() && new.has_dlq();
    let (name, dlq) = (&new.name, (old.dlq(), new.dlq()));
    (have_one && old.queue == new.queue && dlq.0 != dlq.1).then(|| {
        let (old, new) = dlq;
        format!(
            "`{name}` has the DLQ `{new}` instead of `{old}`: nothing redrives `{old}` any more\n\
             help: redrive the messages of `{old}` before you deploy"
        )
    })
}

/// What becomes of the queues of a function without it. CloudFormation keeps them.
fn fate(function: &Function, new: &Stack) -> String {
    let queues = queues(function);
    let is_own = function.existing_queue().is_none();
    match is_own && new.formats.contains(&Format::Terraform) {
        true => format!(
            "nothing reads {queues} any more, and Terraform deletes them with their messages"
        ),
        false => format!("nothing reads {queues} any more"),
    }
}

/// For example "`orders` and `orders-dlq`".
fn queues(function: &Function) -> String {
    match function.has_dlq() {
        true => format!("`{}` and `{}`", function.queue, function.dlq()),
        false => format!("`{}`", function.queue),
    }
}

/// Shorter retentions of the stack's own queues that remain.
fn of_retention(old: &Function, new: &Function) -> Vec<String> {
    let mut changes = Vec::new();
    for (remains, key, queue, first, old, new) in [
        (
            new.existing_queue().is_none() && new.queue == old.queue,
            "retention",
            &new.queue,
            "process",
            old.retention,
            new.retention,
        ),
        (
            new.has_dlq() && new.existing_dlq().is_none() && new.dlq() == old.dlq(),
            "dlq_retention",
            &new.dlq(),
            "redrive",
            old.dlq_retention,
            new.dlq_retention,
        ),
    ] {
        if remains && new < old {
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

/// Lambda keeps the provisioned mode of a mapping that an update does not mention.
fn of_pollers(old: &Function, new: &Function) -> Option<String> {
    (old.pollers.is_some() && new.pollers.is_none()).then(|| {
        let (name, when) = (&new.name, match new.max_concurrency {
            Some(_) => "before you deploy, because it excludes `max_concurrency`",
            None => "after you deploy",
        });
        format!(
            "`{name}` has no `pollers` any more, but Lambda keeps them, and they cost\n\
             help: end them {when}: `aws lambda update-event-source-mapping --provisioned-poller-config '{{}}' --uuid …`, with \
             the `UUID` of `aws lambda list-event-source-mappings --function-name …`"
        )
    })
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

    /// The changes from `handle` with the first attribute to this function.
    fn changes(attribute: &str, new: (&str, &str, &str)) -> Vec<String> {
        let stack = |entry| Stack::new("shop", Architecture::Arm64, vec![entry]);
        let old = stack(entry(attribute, "handle", "orders"));
        of_functions(&old, &stack(entry(new.0, new.1, new.2)))
    }

    fn change(attribute: &str, new: (&str, &str, &str)) -> String {
        let changes = changes(attribute, new);
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
            "`handle` is removed: nothing reads `handle` and `handle-dlq` any more",
            "stop the senders and wait until nothing is in `handle` and `handle-dlq` before you deploy",
        );
    }

    #[test]
    fn terraform_deletes_queues() {
        let stack = |functions| Stack {
            formats: [Format::Terraform].into(),
            ..Stack::new("shop", Architecture::Arm64, functions)
        };
        let old = stack(vec![entry("", "handle", "orders")]);
        let [change] = &of_functions(&old, &stack(Vec::new()))[..] else {
            panic!("not one change");
        };
        reads(
            change,
            "`handle` is removed: nothing reads `handle` and `handle-dlq` any more, and Terraform deletes them \
             with their messages",
            "stop the senders and wait until nothing is in `handle` and `handle-dlq` before you deploy",
        );
    }

    #[test]
    fn a_function_that_is_renamed() {
        reads(
            &change("", ("", "renamed", "orders")),
            "`handle` is renamed to `renamed`: nothing reads `handle` and `handle-dlq` any more",
            "deploy both functions until nothing is in `handle` and `handle-dlq`; see \"Before you rename or \
             remove a function\" in stack.md",
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
            "`handle` reads the queue `b` instead of the queue `handle`: nothing reads `handle` and \
             `handle-dlq` any more",
            "stop the senders and wait until nothing is in `handle` and `handle-dlq` before you deploy",
        );
    }

    #[test]
    fn a_queue_that_becomes_fifo_or_standard() {
        let fifo = "queue = \"a.fifo\", allow = \"fifo_dlq_order\"";
        reads(
            &change("queue = \"a\"", (fifo, "handle", "orders")),
            "`handle` reads the FIFO queue `a.fifo` instead of the queue `a`: nothing reads `a` and `a-dlq` \
             any more",
            "stop the senders and wait until nothing is in `a` and `a-dlq` before you deploy; senders to a \
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
    fn pollers_that_lambda_keeps() {
        let end = |when: &str| {
            format!(
                "end them {when}: `aws lambda update-event-source-mapping --provisioned-poller-config '{{}}' --uuid …`, with \
                 the `UUID` of `aws lambda list-event-source-mappings --function-name …`"
            )
        };
        let pollers = "pollers = \"2..50\"";
        let problem = "`handle` has no `pollers` any more, but Lambda keeps them, and they cost";
        for (new, when) in [
            ("", "after you deploy"),
            (
                "max_concurrency = 5",
                "before you deploy, because it excludes `max_concurrency`",
            ),
        ] {
            let change = change(pollers, (new, "handle", "orders"));
            reads(&change, problem, &end(when));
        }
        assert!(changes(pollers, ("pollers = \"3..4\"", "handle", "orders")).is_empty());
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
    fn another_dlq_of_the_same_queue() {
        reads(
            &change("", ("dlq = \"b\"", "handle", "orders")),
            "`handle` has the DLQ `b` instead of `handle-dlq`: nothing redrives `handle-dlq` any more",
            "redrive the messages of `handle-dlq` before you deploy",
        );
    }

    /// The stack has neither of the queues, and redrive does not know the DLQ.
    #[test]
    fn a_queue_that_exists() {
        const ORDERS: &str = "queue = \"arn:aws:sqs:eu-west-1:123456789012:orders\"";
        assert!(changes(ORDERS, (ORDERS, "renamed", "orders")).is_empty());
        let shorter = format!("{ORDERS}, retention = \"1d\", dlq_retention = \"2d\"");
        assert!(changes(ORDERS, (&shorter, "handle", "orders")).is_empty());
        reads(
            &change(ORDERS, ("", "other", "others")),
            "`handle` is removed: nothing reads `arn:aws:sqs:eu-west-1:123456789012:orders` any more",
            "stop the senders and wait until nothing is in `arn:aws:sqs:eu-west-1:123456789012:orders` before \
             you deploy",
        );
    }

    #[test]
    fn other_changes_are_not_reported() {
        let changed = "memory = 512, retention = \"10d\", dlq_retention = \"14d\"";
        assert!(changes("", (changed, "handle", "orders")).is_empty());
    }
}
