//! How long each failed message stays invisible (`queue_backoff`).

use std::collections::HashMap;

use crate::{
    event::{Event, Fields},
    json,
    message::{SystemAttributes, group_id},
    outcome::Slot,
    sqs_access::Delay,
};

/// SQS lets a message be invisible for 12 hours from its receive, and refuses,
/// not shortens, what goes beyond. Between the receive and now lie at most a
/// batch window of 5 minutes and an invocation of 15.
const LONGEST_SECONDS: u32 = 12 * 3_600 - 20 * 60;

/// The delays of all records that are reported: `min` after the first receive,
/// doubled with each further one, at most `max`.
///
/// In a FIFO batch the whole rest of a group gets the delay of its first: SQS
/// gives out nothing of a group while one of its messages is invisible.
pub(crate) fn delays(event: &Event<'_>, slots: &[Slot], (min, max): (u32, u32)) -> Vec<Delay> {
    let fifo = event.is_fifo();
    let mut of_group = HashMap::new();
    event
        .records
        .iter()
        .zip(slots)
        .filter(|(_, slot)| !slot.outcome.is_completed())
        .filter_map(|(fields, _)| {
            let attributes = SystemAttributes::read(fields).unwrap_or_default();
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
    doubled.min(max).min(LONGEST_SECONDS)
}

fn receipt_handle(fields: &Fields<'_>) -> Option<String> {
    Some(json::text(fields.receipt_handle?.get()).ok()?.into_owned())
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
            (1, 43_200, 43_200, 42_000),
        ] {
            assert_eq!(seconds(receive_count, min, max), expected);
        }
    }
}
