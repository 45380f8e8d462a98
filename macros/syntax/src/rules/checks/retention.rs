//! Checks of how long the queues keep a message.

use std::time::Duration;

use redrive_model::duration::show;
use redrive_model::limits::LONGEST_RETENTION;

use super::{Finding, found, longer_than, set_duration, shorter_than};
use crate::diagnostic::{Edit, Fix};
use crate::function::Function;
use crate::options::Options;
use crate::schedule;

pub(super) fn dlq_retention(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    (!function.is_fifo() && function.dlq_retention <= function.retention).then(|| {
        let problem = format!(
            "`dlq_retention` ({}) is not longer than `retention` ({}): messages keep their age in the DLQ",
            show(function.dlq_retention),
            show(function.retention)
        );
        let kept = function.dlq_retention;
        let longest = || set_duration("dlq_retention", LONGEST_RETENTION);
        let shorter = |kept| set_duration("retention", shorter_than(kept));
        // Short enough for the time between two redrives, too, unless that is too long.
        let between = longest_gap(function).unwrap_or_default();
        let fixes = [
            Fix::edit([longest()]),
            Fix::edit([shorter(kept.saturating_sub(between))]),
            Fix::edit([shorter(kept)]),
            Fix::edit([longest(), shorter(LONGEST_RETENTION.saturating_sub(between))]),
        ];
        found(problem, fixes)
    })
}

/// The longest time between two redrives.
fn longest_gap(function: &Function) -> Option<Duration> {
    let zone = schedule::timezone(&function.redrive_timezone).ok()?;
    function.dlq_redrive.as_ref()?.longest_gap_in(&zone)
}

pub(super) fn expires_before_dlq(options: &Options) -> Option<Finding<'_>> {
    let function = &options.function;
    let receives = function.receives();
    let extra = receives - function.max_receive_count;
    let on_the_way = until_the_dlq(function, receives);
    let retention = function.retention;
    (on_the_way >= retention).then(|| {
        let problem = format!(
            "{receives} receives take {}, so a failing message expires before the DLQ: `retention` is {}",
            show(on_the_way),
            show(retention)
        );
        let longer = |time| set_duration("retention", longer_than(time));
        let is_in_time = |fewer: &u32| until_the_dlq(function, *fewer) < retention;
        let fewer = (1 + extra..receives).rev().find(is_in_time);
        let count = |receives: u32| Edit::set("max_receive_count", receives - extra);
        let few = function.max_receive_count.min(5) + extra;
        let fixes = [
            Some(vec![longer(on_the_way)]),
            fewer.map(|fewer| vec![count(fewer)]),
            Some(vec![Edit::remove("visibility_timeout")]),
            Some(vec![Edit::remove("queue_backoff")]),
            Some(vec![
                longer(on_the_way),
                set_duration("dlq_retention", LONGEST_RETENTION),
            ]),
            Some(vec![longer(until_the_dlq(function, few)), count(few)]),
        ];
        found(problem, fixes.into_iter().flatten().map(Fix::edit))
    })
}

/// How long a message that always fails is redriven before it is parked, at most; `None`:
/// for ever, or there is no redrive.
pub fn until_parked(function: &Function) -> Option<Duration> {
    let rounds = function.rounds()?;
    let gaps = longest_gap(function)? * rounds;
    Some(gaps + until_the_dlq(function, function.receives()) * (rounds + 1))
}

/// How long a message which keeps failing is hidden before it is moved.
fn until_the_dlq(function: &Function, receives: u32) -> Duration {
    let hidden = function.visibility_timeout;
    match function.queue_backoff {
        None => hidden * receives,
        Some(backoff) => {
            let invocation = function.batch_window + function.timeout;
            backoff.until_the_last(receives, invocation, hidden)
        }
    }
}
