//! How messages are handled, in words.

use std::time::Duration;

use redrive_model::duration::show;
use redrive_model::limits::LONGEST_RETENTION;
use redrive_model::policy::{OnConflict, OnGroupFailure, OnPermanent, OnTotalFailure};
use redrive_syntax::idempotent::Idempotent;
use redrive_syntax::{Function, rules};

pub(super) fn render(function: &Function) -> String {
    let mut text = "How messages are handled:\n\n".to_owned();
    let mut item = |words: &str| text += &format!("- {words}\n");
    match (function.concurrency, function.is_fifo()) {
        (1, _) => item("the messages of a batch are handled one after another"),
        (most, false) => item(&format!(
            "up to {most} messages of a batch are handled at the same time"
        )),
        (most, true) => item(&format!(
            "up to {most} message groups of a batch are handled at the same time, the messages of each group in order"
        )),
    }
    item(&retries(function));
    if let Some(idempotent) = &function.idempotent {
        item(&once(function, idempotent));
    }
    match function.attempt_timeout {
        Some(limit) => item(&format!(
            "an attempt that takes longer than {} fails",
            show(limit)
        )),
        None => item(
            "an attempt may take all the time that its invocation has left; then the messages after it are returned to the queue \
             without being handled (`attempt_timeout` is not set)",
        ),
    }
    let permanent = "a message whose error is permanent is";
    match function.on_permanent {
        OnPermanent::Report => item(&format!(
            "{permanent} reported as failed without a retry, and redelivered"
        )),
        OnPermanent::Dlq => item(&format!(
            "{permanent} sent to `{}` without a retry, with the reason",
            function.dlq_name()
        )),
        OnPermanent::Park => item(&format!(
            "{permanent} sent to `{}` without a retry, with the reason, and never redriven",
            function.parking_name()
        )),
    }
    let redelivered = "a message that is reported as failed is redelivered";
    match function.queue_backoff {
        None => item(&format!(
            "{redelivered} {} after its receive",
            show(function.visibility_timeout)
        )),
        Some(backoff) => item(&format!(
            "{redelivered} after {}, which doubles with each receive up to {}",
            show(backoff.min),
            show(backoff.max)
        )),
    }
    rounds(function).iter().for_each(|words| item(words));
    match function.on_group_failure {
        _ if !function.is_fifo() => {}
        OnGroupFailure::SkipGroup => item(
            "after a message that failed, the rest of its message group is returned to the queue without being handled; other groups continue",
        ),
        OnGroupFailure::StopBatch => item(
            "after a message that failed, the rest of the batch is returned to the queue without being handled",
        ),
    }
    item(match function.on_total_failure {
        OnTotalFailure::Error => {
            "if all messages of a batch fail, the invocation ends with an error, which the metric `Errors` counts"
        }
        OnTotalFailure::Report => {
            "if all messages of a batch fail, the invocation reports them, and the metric `Errors` does not count it"
        }
    });
    item(match function.metrics {
        true => "each invocation writes its metrics in the namespace `redrive`",
        false => "invocations write no metrics",
    });
    if !function.alarms.enabled {
        item("no alarm rings, whatever happens to messages and invocations (`alarms = false`)");
    }
    text.push('\n');
    text
}

fn once(function: &Function, idempotent: &Idempotent) -> String {
    let conflict = match idempotent.on_conflict {
        OnConflict::Ignore => "whatever its body is",
        OnConflict::Permanent => "or fails if its body is another one",
    };
    format!(
        "a message whose key `{}` was completed in the last {} is not handled again, {conflict}; a crash between the effect and \
         the completion of the key lets it be handled again",
        idempotent.key,
        show(function.idempotency_ttl())
    )
}

/// How often a message is redriven, and what happens then.
fn rounds(function: &Function) -> Vec<String> {
    let (Some(most), Some(time)) = (function.rounds(), rules::until_parked(function)) else {
        return match function.dlq_redrive {
            Some(_) => vec![
                "a message that can never succeed is redriven again each time, without a limit"
                    .to_owned(),
            ],
            None => Vec::new(),
        };
    };
    let (dlq, parking) = (function.dlq_name(), function.parking_name());
    let receives = function.max_receive_count;
    let runs = receives * (most + 1);
    vec![
        format!(
            "a message that fails in its receive {receives} is sent to `{dlq}` by the worker, with the number of the redrive that \
             it waits for; if the invocation ended before that, the message is sent there after one more receive, without being run"
        ),
        format!(
            "after {} a message that fails again is sent to `{parking}`: at most {runs} runs over about {}, then parked until \
             a person decides, for {}",
            match most {
                1 => "1 redrive".to_owned(),
                most => format!("{most} redrives"),
            },
            show(rounded(time)),
            show(LONGEST_RETENTION),
        ),
        format!(
            "to redrive `{dlq}` by hand in the console, choose `{}` as custom destination: SQS does not know the source of a \
             message that the worker sent",
            function.queue_name()
        ),
    ]
}

/// To whole days, from two on, or else to whole minutes.
fn rounded(time: Duration) -> Duration {
    let unit = if time.as_secs() >= 2 * 86_400 {
        86_400
    } else {
        60
    };
    Duration::from_secs(time.as_secs().next_multiple_of(unit))
}

fn retries(function: &Function) -> String {
    let [min, max] = [function.backoff.min, function.backoff.max].map(show);
    let retried = "a message that fails is retried";
    match function.retries {
        0 => "a message that fails is not retried in its invocation".to_owned(),
        1 => format!("{retried} once in its invocation, after a wait of up to {min}"),
        retries => format!(
            "{retried} up to {retries} times in its invocation, after waits of up to {min}, which double up to {max}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;

    use super::render;
    use crate::tests::sample;

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
            "a message that fails is not retried in its invocation",
        );
        assert_says(
            quote!(retries = 1),
            "a message that fails is retried once in its invocation, after a wait of up to 200 ms",
        );
        assert_says(
            quote!(retries = 2),
            "a message that fails is retried up to 2 times in its invocation, after waits of up to 200 ms, which double up to 5 s",
        );
    }

    #[test]
    fn an_idempotent_function_says_for_how_long() {
        assert_says(
            quote!(idempotent(key = order.id)),
            "a message whose key `order.id` was completed in the last 22 d is not handled again, whatever its body is; \
             a crash between the effect and the completion of the key lets it be handled again",
        );
        assert_says(
            quote!(idempotent(
                key = order.id,
                ttl = "30d",
                on_conflict = "permanent"
            )),
            "a message whose key `order.id` was completed in the last 30 d is not handled again, or fails if its body is \
             another one; a crash between the effect and the completion of the key lets it be handled again",
        );
    }

    #[test]
    fn a_failed_message_is_redelivered_when_it_is_visible_again() {
        assert_says(
            quote!(),
            "a message that is reported as failed is redelivered 3 min after its receive",
        );
        assert_says(
            quote!(queue_backoff = "30s..10m"),
            "a message that is reported as failed is redelivered after 30 s, which doubles with each receive up to 10 min",
        );
    }

    #[test]
    fn a_redrive_has_an_end_in_words() {
        let redriven = |more: TokenStream| quote!(dlq_redrive = "cron(0 23 * * ? *)", #more);
        let parked = |redrives: &str, runs: u32, days: u32| {
            format!(
                "after {redrives} a message that fails again is sent to `orders-parked`: at most {runs} runs over about \
                 {days} d, then parked until a person decides, for 14 d"
            )
        };
        assert_says(redriven(quote!()), &parked("3 redrives", 20, 4));
        assert_says(
            redriven(quote!(redrive_rounds = 2, max_receive_count = 8)),
            &parked("2 redrives", 24, 3),
        );
        assert_says(
            redriven(quote!(redrive_rounds = "unlimited")),
            "a message that can never succeed is redriven again each time, without a limit",
        );
        let text = render(&sample::entry("orders").function);
        assert!(!text.contains("redrive that"), "{text}");
    }

    #[test]
    fn only_fifo_queues_have_message_groups() {
        let fifo =
            |more: TokenStream| quote!(queue = "orders.fifo", allow = "fifo_dlq_order", #more);
        assert_says(
            fifo(quote!(concurrency = 5)),
            "up to 5 message groups of a batch are handled at the same time, the messages of each group in order",
        );
        assert_says(
            fifo(quote!(on_group_failure = "stop_batch")),
            "after a message that failed, the rest of the batch is returned to the queue without being handled",
        );
        assert_says(
            quote!(concurrency = 5),
            "up to 5 messages of a batch are handled at the same time",
        );
        let text = render(&sample::entry("orders").function);
        assert!(!text.contains("group"), "{text}");
    }
}
