//! How long the queues keep a message, and how long it is on its way.

use std::time::Duration;

use redrive_model::duration::{show, written};

use super::offer::{set, set_text, ways};
use super::queue::{fifo_batch_window, is_standard};
use crate::function::Function;
use crate::options::Options;

const SECOND: Duration = Duration::from_secs(1);

pub(super) fn dlq_retention(options: &Options) -> Option<String> {
    let function = &options.function;
    (is_standard(options) && function.dlq_retention <= function.retention).then(|| {
        let longer = set_text("dlq_retention", "14d");
        let shorter = set_text("retention", written(round_down(function.dlq_retention.saturating_sub(SECOND))));
        let ways = ways("dlq_retention", options, &[vec![longer], vec![shorter]]);
        let way = match ways.is_empty() {
            false => format!("write {}", ways.join(", or ")),
            true => "raise it, up to 14d, or lower `retention`".to_owned(),
        };
        format!(
            "`dlq_retention` is {}, but a message's age counts from when it was first sent, so it must be over the `retention` of {}; {way}",
            show(function.dlq_retention),
            show(function.retention),
        )
    })
}

pub(super) fn expires_before_dlq(options: &Options) -> Option<String> {
    let function = &options.function;
    let receives = function.max_receive_count;
    let on_the_way = until_the_dlq(function, receives);
    let is_refused = fifo_batch_window(options).is_some();
    (on_the_way >= function.retention && !is_refused).then(|| {
        let is_in_time = |fewer: &u32| until_the_dlq(function, *fewer) < function.retention;
        let fewer = (1..receives).rev().find(is_in_time).unwrap_or(1);
        let longer = written(round_up(on_the_way + SECOND));
        let ways = ways(
            "expires_before_dlq",
            options,
            &[vec![set_text("retention", longer)], vec![set("max_receive_count", fewer)]],
        );
        let way = match ways.is_empty() {
            false => format!("write {}", ways.join(", or ")),
            true => "raise `retention`, or lower `max_receive_count` and the wait after each receive".to_owned(),
        };
        format!(
            "a message that keeps failing is {} on its way to the DLQ ({receives} receives), but the queue deletes it after {}; {way}",
            show(on_the_way),
            show(function.retention),
        )
    })
}

/// How long a message which keeps failing is hidden before it is moved.
fn until_the_dlq(function: &Function, receives: u32) -> Duration {
    let hidden = function.visibility_timeout;
    // The backoff counts from the end of the invocation; one that crashes sets
    // none, and leaves the visibility timeout.
    let invocation = function.batch_window + function.timeout;
    match function.queue_backoff {
        None => hidden * receives,
        Some(backoff) => backoff.until_the_last(receives, invocation, hidden),
    }
}

/// The seconds of a minute, an hour or a day, as somebody would count so many.
fn unit(seconds: u64) -> u64 {
    [86_400, 3_600, 60]
        .into_iter()
        .find(|unit| seconds >= 2 * unit)
        .unwrap_or(1)
}

pub(super) fn round_up(duration: Duration) -> Duration {
    let seconds = duration.as_secs();
    Duration::from_secs(seconds.next_multiple_of(unit(seconds)))
}

pub(super) fn round_down(duration: Duration) -> Duration {
    let seconds = duration.as_secs();
    Duration::from_secs(seconds - seconds % unit(seconds))
}
