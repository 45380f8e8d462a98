//! What settings mean together: the rules of the attribute, for a function some
//! of whose settings are an overlay's.

use redrive_syntax::rules::broken_by as broken;
use redrive_syntax::rules::catalog::{Level, Rule};

use super::{Literal, Mistake, View};
use crate::overlay::merged::place;

/// The rules that the merged function breaks and the attribute's does not. One
/// that reads a value with a mistake of its own is not judged.
pub(super) fn mistakes(view: &View<'_>, general: &[Mistake]) -> Vec<Mistake> {
    let is_wrong = |key: &&str| {
        let pointer = pointer(view, key);
        let is_told = |mistake: &Mistake| mistake.pointers.first() == pointer.as_ref();
        general.iter().any(is_told)
    };
    let keys = redrive_syntax::keys::KEYS.iter().map(|key| key.name);
    let mut unknown = view.merged.unknown.clone();
    unknown.extend(keys.filter(is_wrong));
    let before: Vec<_> = broken(view.attribute, &[]);
    let already = |rule: &Rule| before.iter().any(|(other, _)| other.id == rule.id);
    broken(&view.merged.function, &unknown)
        .into_iter()
        .filter(|(rule, _)| !already(rule))
        .map(|(rule, words)| mistake(view, rule, &words))
        .collect()
}

fn mistake(view: &View<'_>, rule: &Rule, words: &str) -> Mistake {
    let placed: Vec<_> = rule
        .keys
        .iter()
        .filter(|key| place(key).is_some())
        .copied()
        .collect();
    // The way out that the attribute has may not be one for the overlay.
    let mut wrong = words.split("; ").next().unwrap_or(words).to_owned();
    for key in &placed {
        wrong = wrong.replace(&format!("`{key}`"), &name(view, key));
    }
    let changed: Vec<_> = placed.iter().filter(|key| is_changed(view, key)).collect();
    let keys: Vec<_> = changed.iter().map(|key| format!("`{key}`")).collect();
    let accept = match rule.level {
        Level::Deliberate | Level::Warning => {
            format!(", or accept it with `allow = \"{}\"` there", rule.id)
        }
        Level::Error | Level::Notice => String::new(),
    };
    Mistake {
        rule: rule.id,
        pointers: changed
            .iter()
            .filter_map(|key| pointer(view, key))
            .collect(),
        why: format!(
            "{wrong}; choose values that fit, or write {} in the attribute of `{}` instead{accept}",
            keys.join(" and "),
            view.attribute.name
        ),
    }
}

/// How a user of the template calls what a key says.
fn name(view: &View<'_>, key: &str) -> String {
    match place(key) {
        Some((part, path)) => format!("`{}.{}`", view.ids.of(part), path.replace('/', ".")),
        None => format!("`{key}`"),
    }
}

fn pointer(view: &View<'_>, key: &str) -> Option<String> {
    place(key).map(|(part, path)| view.pointer(part, path))
}

fn is_changed(view: &View<'_>, key: &str) -> bool {
    let at = |template| pointer(view, key).map(|pointer| Literal::at(template, &pointer));
    at(view.before) != at(view.template)
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use crate::overlay::check::testing::{assert_told, told, with};

    #[test]
    fn a_message_stays_hidden_while_it_is_handled() {
        assert_told(
            &told(quote!(), with("Worker", json!({ "Timeout": 181 }))),
            "Worker/Properties/Timeout",
            "visibility_timeout",
            "`OrdersQueue.VisibilityTimeout` is 3m, but must be at least the `OrdersWorker.Timeout` of 181s; choose values that fit, or write `timeout` in the attribute of `orders` instead",
        );
        assert_told(
            &told(quote!(), with("Queue", json!({ "VisibilityTimeout": 29 }))),
            "Queue/Properties/VisibilityTimeout",
            "visibility_timeout",
            "write `visibility_timeout` in the attribute",
        );
        assert_told(
            &told(quote!(), with("Queue", json!({ "VisibilityTimeout": 30 }))),
            "Queue/Properties/VisibilityTimeout",
            "visibility_recommended",
            "write `visibility_timeout` in the attribute of `orders` instead, or accept it with `allow = \"visibility_recommended\"` there [",
        );
        let accepted = quote!(allow = "visibility_recommended");
        assert!(told(accepted, with("Queue", json!({ "VisibilityTimeout": 30 }))).is_empty());
    }

    #[test]
    fn it_stays_hidden_in_the_window_too() {
        let window = json!({ "MaximumBatchingWindowInSeconds": 150 });
        assert_told(
            &told(quote!(), with("EventSourceMapping", window)),
            "EventSourceMapping/Properties/MaximumBatchingWindowInSeconds",
            "visibility_window",
            "must be over `OrdersEventSourceMapping.MaximumBatchingWindowInSeconds` and `OrdersWorker.Timeout` together",
        );
    }

    #[test]
    fn a_batch_has_what_the_queue_gives() {
        let batch = |number: u32| with("EventSourceMapping", json!({ "BatchSize": number }));
        let place = "EventSourceMapping/Properties/BatchSize";
        let told_of = |attribute, number| told(attribute, batch(number));
        let standard = quote!(concurrency = 11, allow = "concurrency_over_batch");
        assert_told(
            &told_of(standard, 11),
            place,
            "batch_needs_window",
            "over 10 messages",
        );
        let fifo = quote!(queue = "o.fifo", allow = "fifo_dlq_order", retries = 0);
        assert_told(
            &told_of(fifo.clone(), 11),
            place,
            "fifo_batch_size",
            "a FIFO queue gives",
        );
        let window = json!({ "MaximumBatchingWindowInSeconds": 1 });
        assert_told(
            &told(fifo, with("EventSourceMapping", window)),
            "EventSourceMapping/Properties/MaximumBatchingWindowInSeconds",
            "fifo_batch_window",
            "a FIFO queue has no batching window",
        );
    }

    #[test]
    fn nothing_expires_on_its_way() {
        assert_told(
            &told(
                quote!(),
                with("Dlq", json!({ "MessageRetentionPeriod": 345_600 })),
            ),
            "Dlq/Properties/MessageRetentionPeriod",
            "dlq_retention",
            "`OrdersDlq.MessageRetentionPeriod` is 4d",
        );
        assert_told(
            &told(
                quote!(),
                with("Queue", json!({ "MessageRetentionPeriod": 900 })),
            ),
            "Queue/Properties/MessageRetentionPeriod",
            "expires_before_dlq",
            "on its way to the DLQ",
        );
        let policy = json!({ "RedrivePolicy": { "maxReceiveCount": 4 } });
        assert_told(
            &told(quote!(), with("Queue", policy)),
            "Queue/Properties/RedrivePolicy/maxReceiveCount",
            "receive_count_low",
            "`OrdersQueue.RedrivePolicy.maxReceiveCount` is 4",
        );
        let rare = with("Schedule", json!({ "ScheduleExpression": "rate(11 days)" }));
        assert_told(
            &told(quote!(dlq_redrive = "rate(1 day)"), rare),
            "Schedule/Properties/ScheduleExpression",
            "redrive_gap",
            "up to 11d lie between two redrives",
        );
    }

    #[test]
    fn the_retries_fit_in_the_timeout() {
        assert_told(
            &told(quote!(), with("Worker", json!({ "Timeout": 5 }))),
            "Worker/Properties/Timeout",
            "retry_budget",
            "do not fit in `OrdersWorker.Timeout`",
        );
    }

    #[test]
    fn what_is_known_at_deployment_is_not_judged() {
        let later = |number: u32| -> Value { json!({ "Fn::If": ["Big", number, 30] }) };
        assert!(told(quote!(), with("Worker", json!({ "Timeout": later(900) }))).is_empty());
        let patch = json!({ "Resources": {
            "OrdersWorker": { "Properties": { "Timeout": later(20) } },
            "OrdersQueue": { "Properties": { "VisibilityTimeout": 25 } },
        } });
        assert!(told(quote!(), patch).is_empty());
    }
}
