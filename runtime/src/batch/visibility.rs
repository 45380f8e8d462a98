//! How long each failed message stays invisible: `queue_backoff`, or until the end of
//! the lease of another run with its idempotency key.

use std::{
    collections::HashMap,
    time::{Duration, SystemTime},
};

use redrive_model::Backoff;

use crate::{
    batch::outcome::{Outcome, Slot},
    event::{Event, Field},
    message::{SystemAttributes, group_id},
    sqs::Delay,
};

/// The delays of all records that are reported as failed.
///
/// In a FIFO batch the whole rest of a group gets the delay of its first: SQS
/// delivers nothing of a group while one of its messages is invisible.
pub(crate) fn delays(
    event: &Event,
    slots: &[Slot],
    backoff: Option<Backoff>,
    now: SystemTime,
) -> Vec<Delay> {
    let fifo = event.is_fifo();
    let mut of_group = HashMap::new();
    event
        .records()
        .zip(slots)
        .filter(|(_, slot)| !slot.outcome.is_completed())
        .filter_map(|(fields, slot)| {
            let attributes = SystemAttributes::read(&fields).unwrap_or_default();
            // No receive is before the first; clocks differ.
            let since_first = attributes
                .first_received
                .map(|first| now.duration_since(first).unwrap_or_default());
            let own = match slot.outcome {
                // A second more, because the clocks of two workers differ.
                Outcome::InProgress { until } => {
                    let left = until.duration_since(now).unwrap_or_default();
                    Some(Duration::from_secs(
                        left.as_millis().div_ceil(1_000) as u64 + 1,
                    ))
                }
                _ => backoff.map(|it| it.queue_delay(attributes.receive_count, since_first)),
            };
            let own = own.map(|own| u32::try_from(own.as_secs()).unwrap_or(u32::MAX));
            let seconds = match group_id(fields).ok().flatten() {
                Some(group) if fifo => *of_group.entry(group).or_insert(own),
                _ => own,
            };
            Some(Delay {
                receipt_handle: fields.string(Field::ReceiptHandle)?.into_owned(),
                seconds: seconds?,
            })
        })
        .collect()
}
