//! The retry budget: whether a batch, with every retry, fits in the timeout.

mod ways_out;

use std::time::Duration;

use redrive_model::deadline::DLQ_SEND;
use redrive_model::policy::OnPermanent;
use ways_out::ways_out;

use super::function::attempt_timeout;
use super::queue::fifo_batch_size;
use crate::function::Function;
use crate::options::Options;
use redrive_model::deadline::margin;
use redrive_model::duration::show;

pub(super) fn retry_budget(options: &Options) -> Option<String> {
    let function = &options.function;
    // A value that cannot stay as it is is another rule's business.
    let is_refused = attempt_timeout(options).is_some() || fifo_batch_size(options).is_some();
    (!fits(function) && !is_refused).then(|| {
        format!(
            "the {} do not fit in `timeout`: {}{} and {} for the answer is {}, but `timeout` is {}; {}",
            match function.retries {
                0 => "attempts",
                _ => "retries",
            },
            sum(function),
            match to_dlq(function) {
                Duration::ZERO => String::new(),
                send => format!(", {} to send to the DLQ", show(send)),
            },
            show(margin(function.timeout)),
            show(needed(function)),
            show(function.timeout),
            ways_out(options)
        )
    })
}

/// Whether the worst batch is done, and answered, within the timeout.
pub(super) fn fits(function: &Function) -> bool {
    needed(function) <= function.timeout
}

fn needed(function: &Function) -> Duration {
    let attempts = function.attempt_timeout.unwrap_or_default() * (function.retries + 1);
    let records = (attempts + function.backoff.longest(function.retries)) * rounds(function);
    records + to_dlq(function) + margin(function.timeout)
}

/// What sending to the DLQ can take: once, because after the first send that SQS does
/// not answer, the others are reported at once.
fn to_dlq(function: &Function) -> Duration {
    match function.on_permanent {
        OnPermanent::Dlq => DLQ_SEND,
        OnPermanent::Report => Duration::ZERO,
    }
}

/// How many messages run one after another in the worst batch: of a FIFO queue
/// all may be of one group.
fn rounds(function: &Function) -> u32 {
    match function.is_fifo() {
        true => function.batch_size,
        false => function.batch_size.div_ceil(function.concurrency),
    }
}

fn sum(function: &Function) -> String {
    let waits = show(function.backoff.longest(function.retries));
    let rows = match (function.is_fifo(), function.concurrency, rounds(function)) {
        (_, _, 1) => String::new(),
        (true, _, rounds) => format!("{rounds} messages that may be of one group × "),
        (false, 1, rounds) => format!("{rounds} messages × "),
        (false, at_once, rounds) => format!("{rounds} rounds of {at_once} messages × "),
    };
    match (function.attempt_timeout.map(show), function.retries) {
        (Some(attempt), 0) => format!("{rows}{attempt}"),
        (Some(attempt), retries) => {
            let each = format!(
                "{} attempts × {attempt} + waits of up to {waits}",
                retries + 1
            );
            match rows.as_str() {
                "" => each,
                rows => format!("{rows}({each})"),
            }
        }
        (None, _) => format!("{rows}waits of up to {waits}"),
    }
}
