//! What becomes of a message, in words.

use redrive_syntax::Function;
use redrive_syntax::function::{OnGroupFailure, OnPermanent, OnTotalFailure};

use super::{line, seconds};

pub(super) fn render(function: &Function) -> String {
    let mut text = "What becomes of a message:\n\n".to_owned();
    let mut item = |words: String| line(&mut text, &format!("- {words}"));
    item(at_once(function));
    item(retries(function));
    item(attempt(function));
    item(permanent(function));
    item(comes_back(function));
    if function.is_fifo() {
        item(group_failure(function));
    }
    item(total_failure(function));
    item(metrics(function));
    text.push('\n');
    text
}

fn at_once(function: &Function) -> String {
    match (function.concurrency, function.is_fifo()) {
        (1, _) => "the messages of a batch are handled one after another".to_owned(),
        (most, false) => format!("up to {most} messages of a batch are handled at once"),
        (most, true) => format!(
            "up to {most} message groups of a batch are handled at once, the messages of each one after another"
        ),
    }
}

fn retries(function: &Function) -> String {
    let [min, max] = [function.backoff.min, function.backoff.max].map(redrive_syntax::show);
    match function.retries {
        0 => "one that fails is not tried again in its invocation".to_owned(),
        1 => format!(
            "one that fails is tried again once in its invocation, after a wait of up to {min}"
        ),
        retries => format!(
            "one that fails is tried again up to {retries} times in its invocation, after waits of up to {min}, doubling, never over {max}"
        ),
    }
}

fn attempt(function: &Function) -> String {
    match function.attempt_timeout {
        Some(limit) => format!(
            "an attempt that takes longer than {} fails",
            redrive_syntax::show(limit)
        ),
        None => "an attempt may take the whole time that its invocation has left, and then the messages behind it come back unrun: \
             `attempt_timeout` is not set"
            .to_owned(),
    }
}

fn permanent(function: &Function) -> String {
    let where_to = match function.on_permanent {
        OnPermanent::Report => "reported as failed at once, and delivered again".to_owned(),
        OnPermanent::Dlq => format!("sent to `{}` at once, with the reason", function.dlq()),
    };
    format!("one that can never succeed is {where_to}")
}

fn comes_back(function: &Function) -> String {
    let when = match function.queue_backoff {
        None => format!(
            "{} after it was received",
            seconds(function.visibility_timeout)
        ),
        Some(backoff) => format!(
            "after {}, doubling with each receive, never over {}",
            seconds(backoff.min),
            seconds(backoff.max)
        ),
    };
    format!("one that is reported as failed comes back {when}")
}

fn group_failure(function: &Function) -> String {
    match function.on_group_failure {
        OnGroupFailure::SkipGroup => {
            "behind one that failed the rest of its message group comes back unrun, other groups go on"
        }
        OnGroupFailure::StopBatch => "behind one that failed the rest of the batch comes back unrun",
    }
    .to_owned()
}

fn total_failure(function: &Function) -> String {
    match function.on_total_failure {
        OnTotalFailure::Error => {
            "if all of a batch fail, the invocation ends with an error, which the metric `Errors` counts"
        }
        OnTotalFailure::Report => {
            "if all of a batch fail, the invocation reports them all, and the metric `Errors` counts nothing"
        }
    }
    .to_owned()
}

fn metrics(function: &Function) -> String {
    match function.metrics {
        true => "each invocation writes its metrics, namespace `redrive`",
        false => "no metrics are written beside Lambda's own",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::render;
    use crate::sample;

    #[track_caller]
    fn assert_says(attribute: TokenStream, line: &str) {
        let text = render(&sample::with("orders", attribute).function);
        let line = format!("- {line}");
        assert!(text.lines().any(|other| other == line), "{text}");
    }

    #[test]
    fn the_waits_are_those_of_the_retries() {
        assert_says(
            quote!(retries = 0),
            "one that fails is not tried again in its invocation",
        );
        assert_says(
            quote!(retries = 1),
            "one that fails is tried again once in its invocation, after a wait of up to 200ms",
        );
        assert_says(
            quote!(retries = 2),
            "one that fails is tried again up to 2 times in its invocation, after waits of up to 200ms, doubling, never over 5s",
        );
    }

    #[test]
    fn it_comes_back_when_sqs_shows_it_again() {
        assert_says(
            quote!(),
            "one that is reported as failed comes back 3m after it was received",
        );
        assert_says(
            quote!(queue_backoff = "30s..10m"),
            "one that is reported as failed comes back after 30s, doubling with each receive, never over 10m",
        );
    }

    #[test]
    fn groups_are_told_of_fifo_queues_only() {
        let fifo =
            |more: TokenStream| quote!(queue = "orders.fifo", allow = "fifo_dlq_order", #more);
        assert_says(
            fifo(quote!(concurrency = 5)),
            "up to 5 message groups of a batch are handled at once, the messages of each one after another",
        );
        assert_says(
            fifo(quote!(on_group_failure = "stop_batch")),
            "behind one that failed the rest of the batch comes back unrun",
        );
        assert_says(
            quote!(concurrency = 5),
            "up to 5 messages of a batch are handled at once",
        );
        let text = render(&sample::entry("orders").function);
        assert!(!text.contains("group"), "{text}");
    }
}
