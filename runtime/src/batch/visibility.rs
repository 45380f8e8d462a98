//! How long each failed message stays invisible (`queue_backoff`).

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use crate::{
    batch::outcome::Slot,
    event::{Event, Fields, json},
    message::{SystemAttributes, group_id},
    sqs::Delay,
};

/// How long SQS lets a message be invisible, counted from its receive; what goes
/// beyond is refused, not shortened.
const LIMIT: Duration = Duration::from_secs(12 * 3_600);
/// The longest that a receive is taken to be past. It is not in the event, and
/// nothing but the queue's visibility timeout bounds it: while Lambda throttles
/// the function, a batch waits that long. The one that the template sets is at most
/// six times the timeout and the batch window, which is well below this.
const OLDEST_RECEIVE: Duration = Duration::from_secs(6 * 3_600);
/// For the call itself, and for clocks that differ.
const SLACK: Duration = Duration::from_secs(60);

/// The delays of all records that are reported: `min` after the first receive,
/// doubled with each further one, at most `max`.
///
/// In a FIFO batch the whole rest of a group gets the delay of its first: SQS
/// gives out nothing of a group while one of its messages is invisible.
pub(crate) fn delays(event: &Event<'_>, slots: &[Slot], (min, max): (u32, u32)) -> Vec<Delay> {
    let fifo = event.is_fifo();
    let now = SystemTime::now();
    let mut of_group = HashMap::new();
    event
        .records
        .iter()
        .zip(slots)
        .filter(|(_, slot)| !slot.outcome.is_completed())
        .filter_map(|(fields, _)| {
            let attributes = SystemAttributes::read(fields).unwrap_or_default();
            let max = max.min(longest(attributes.first_received, now));
            let own = seconds(attributes.receive_count, min, max);
            let seconds = match group_id(fields).ok().flatten() {
                Some(group) if fifo => *of_group.entry(group).or_insert(own),
                _ => own,
            };
            Some(Delay {
                receipt_handle: receipt_handle(fields)?,
                seconds,
            })
        })
        .collect()
}

fn seconds(receive_count: u32, min: u32, max: u32) -> u32 {
    let doubled = 1_u32
        .checked_shl(receive_count.saturating_sub(1))
        .map_or(u32::MAX, |factor| min.saturating_mul(factor));
    doubled.min(max)
}

/// The longest delay that SQS takes, in seconds: no receive is before the first.
fn longest(first_received: Option<SystemTime>, now: SystemTime) -> u32 {
    let past = first_received.map_or(OLDEST_RECEIVE, |first| {
        let past = now.duration_since(first).unwrap_or_default();
        past.min(OLDEST_RECEIVE)
    });
    u32::try_from((LIMIT - SLACK - past).as_secs()).unwrap_or(0)
}

fn receipt_handle(fields: &Fields<'_>) -> Option<String> {
    Some(json::text(fields.get("receiptHandle")?).ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_with_each_receive_up_to_the_longest() {
        for (receive_count, min, max, expected) in [
            (0, 30, 900, 30),
            (1, 30, 900, 30),
            (2, 30, 900, 60),
            (5, 30, 900, 480),
            (6, 30, 900, 900),
            (33, 30, 900, 900),
            (u32::MAX, 30, 900, 900),
        ] {
            assert_eq!(seconds(receive_count, min, max), expected);
        }
    }

    #[test]
    fn never_asks_for_more_than_sqs_takes_of_a_message_received_long_ago() {
        let now = SystemTime::now();
        let ago = |seconds| Some(now - Duration::from_secs(seconds));
        for (first_received, expected) in [
            (Some(now + Duration::from_secs(5)), 43_140),
            (ago(0), 43_140),
            (ago(1_200), 41_940),
            (ago(5_400), 37_740),
            (ago(21_600), 21_540),
            (ago(86_400), 21_540),
            (None, 21_540),
        ] {
            assert_eq!(longest(first_received, now), expected);
        }
    }
}
