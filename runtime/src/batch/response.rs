//! The response to Lambda, and the figures of an invocation.

use std::{borrow::Cow, collections::HashSet};

use serde::Serialize;
use serde_json::value::RawValue;

use redrive_model::policy::OnTotalFailure;

use crate::{
    batch::outcome::{Outcome, Slot},
    error::truncate,
    event::{Event, Field},
    failure::{FailureKind, InvocationError},
    log::Figures,
    settings::Settings,
    sqs::Destination,
};

/// The longest error message of a batch that failed, in bytes.
const LONGEST_MESSAGE: usize = 8_000;
/// The longest reason in it.
const LONGEST_REASON: usize = 200;

/// The partial batch response: the messages that SQS is to keep
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>).
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct BatchResponse(Box<RawValue>);

impl BatchResponse {
    /// Writes the ids as they stand in the event.
    fn of<'e>(ids: impl Iterator<Item = &'e str>) -> Result<Self, serde_json::Error> {
        let mut json = String::from(r#"{"batchItemFailures":["#);
        for (index, id) in ids.enumerate() {
            let separator = if index == 0 { "" } else { "," };
            json.extend([separator, r#"{"itemIdentifier":"#, id, "}"]);
        }
        json.push_str("]}");
        RawValue::from_string(json).map(Self)
    }
}

/// The answer: each id of a record that was not completed, once, in record order.
///
/// # Errors
///
/// If no record was completed, one has failed, and the settings ask for an error.
pub(crate) fn respond(
    event: &Event,
    slots: &[Slot],
    settings: &Settings,
) -> Result<BatchResponse, InvocationError> {
    let is_none_completed = slots.iter().all(|slot| !slot.outcome.is_completed());
    let has_failure = slots.iter().any(|slot| !slot.outcome.waits());
    if is_none_completed && has_failure && settings.on_total_failure == OnTotalFailure::Error {
        return Err(InvocationError::new("BatchFailed", message(event, slots)));
    }
    let ids =
        failed_ids(event, slots).filter_map(|(index, _)| event.record(index).get(Field::MessageId));
    BatchResponse::of(ids).map_err(|error| {
        InvocationError::malformed_event(format!("a `messageId` that cannot be reported: {error}"))
    })
}

/// The ids to report, each once, with the record that it was first seen to fail in.
///
/// SQS deletes by id: of two records with one id, both are redelivered if either
/// failed. If either was sent on, that is the message, and both are deleted.
fn failed_ids<'e>(
    event: &'e Event,
    slots: &'e [Slot],
) -> impl Iterator<Item = (usize, Cow<'e, str>)> {
    let all = event.records().zip(slots);
    let sent_on = all.filter(|(_, slot)| matches!(slot.outcome, Outcome::SentOn(..)));
    let mut seen: HashSet<_> = sent_on.map(|(record, _)| record.id()).collect();
    event
        .records()
        .zip(slots)
        .enumerate()
        .filter(|(_, (_, slot))| !slot.outcome.is_completed())
        .map(|(index, (record, _))| (index, record.id()))
        .filter(move |(_, id)| seen.insert(id.clone()))
}

fn message(event: &Event, slots: &[Slot]) -> String {
    let mut message = match slots.len() {
        1 => "the only record failed".to_owned(),
        number => format!("all {number} records failed"),
    };
    let ids: Vec<_> = failed_ids(event, slots).collect();
    for (listed, (index, id)) in ids.iter().enumerate() {
        if message.len() > LONGEST_MESSAGE {
            message.push_str(&format!("; and {} more", ids.len() - listed));
            break;
        }
        let mut reason = reason(&slots[*index].outcome);
        truncate(&mut reason, LONGEST_REASON);
        let separator = if listed == 0 { ": " } else { "; " };
        message.push_str(&format!("{separator}{id} ({reason})"));
    }
    message
}

/// Why a record was not completed.
pub(crate) fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::SentOn(_, outcome) => reason(outcome),
        Outcome::Failed(failure) => failure.reason.clone(),
        Outcome::OutOfTime { last: None } => "out of time".to_owned(),
        Outcome::OutOfTime {
            last: Some(failure),
        } => {
            format!("out of time after: {}", failure.reason)
        }
        Outcome::Duplicate { .. } => "completed before".to_owned(),
        Outcome::InProgress { .. } => {
            "not run, because another run has claimed its idempotency key".to_owned()
        }
        Outcome::NotRun => "not run, because a record before it failed".to_owned(),
    }
}

/// Counts the outcomes.
pub(crate) fn figures(slots: &[Slot], is_idempotent: bool) -> Figures {
    let mut figures = Figures {
        records: slots.len(),
        is_idempotent,
        ..Figures::default()
    };
    for slot in slots {
        figures.retried += usize::from(slot.attempts > 1);
        let mut outcome = &slot.outcome;
        if let Outcome::SentOn(to, failed) = outcome {
            match to {
                Destination::Dlq => figures.sent_to_dlq += 1,
                Destination::Parking => figures.parked += 1,
            }
            outcome = failed;
        }
        let is_good = matches!(outcome, Outcome::Done | Outcome::Duplicate { .. });
        figures.failed += usize::from(!is_good);
        match outcome {
            Outcome::Done => figures.succeeded += 1,
            Outcome::SentOn(..) => {}
            Outcome::Failed(failure) => {
                figures.permanent += usize::from(failure.is_permanent());
                figures.conflicts += usize::from(failure.kind == FailureKind::KeyConflict);
            }
            Outcome::Duplicate { same_body } => {
                figures.duplicates += 1;
                figures.conflicts += usize::from(!same_body);
            }
            Outcome::InProgress { .. } => figures.in_progress += 1,
            Outcome::OutOfTime { .. } => figures.out_of_time += 1,
            Outcome::NotRun => figures.not_run += 1,
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::failure::Failure;

    #[test]
    fn each_record_counts_where_it_should() {
        let failure = |kind| Box::new(Failure::new(kind, "no"));
        let failed = |kind| Outcome::Failed(failure(kind));
        let sent = |to, outcome| Outcome::SentOn(to, Box::new(outcome));
        let out_of_time = Outcome::OutOfTime { last: None };
        let slots = [
            (Outcome::Done, 1),
            (Outcome::Done, 2),
            (sent(Destination::Dlq, failed(FailureKind::Permanent)), 1),
            (sent(Destination::Parking, failed(FailureKind::Panic)), 1),
            (sent(Destination::Parking, out_of_time), 1),
            (Outcome::Failed(failure(FailureKind::Malformed)), 1),
            (Outcome::Failed(failure(FailureKind::Transient)), 3),
            (Outcome::OutOfTime { last: None }, 0),
            (
                Outcome::OutOfTime {
                    last: Some(failure(FailureKind::Panic)),
                },
                2,
            ),
            (Outcome::NotRun, 0),
            (Outcome::Duplicate { same_body: true }, 0),
            (Outcome::Duplicate { same_body: false }, 0),
            (Outcome::Failed(failure(FailureKind::KeyConflict)), 1),
            (Outcome::InProgress { until: UNIX_EPOCH }, 0),
        ]
        .map(|(outcome, attempts)| Slot { outcome, attempts });

        assert_eq!(
            figures(&slots, true),
            Figures {
                records: 14,
                succeeded: 2,
                failed: 10,
                sent_to_dlq: 1,
                parked: 2,
                retried: 3,
                permanent: 3,
                out_of_time: 3,
                not_run: 1,
                is_idempotent: true,
                duplicates: 2,
                in_progress: 1,
                conflicts: 2,
            }
        );
    }
}
