//! The answer to Lambda, and the figures of an invocation.

use std::{borrow::Cow, collections::HashSet};

use serde::Serialize;

use crate::{
    event::Event,
    failure::truncate,
    invocation::InvocationError,
    outcome::{Outcome, Slot},
    settings::{OnTotalFailure, Settings},
};

/// The longest error message of a batch that failed, in bytes.
const LONGEST_MESSAGE: usize = 8_000;
/// The longest reason in it.
const LONGEST_REASON: usize = 200;

/// The partial batch response: the messages that SQS is to keep
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>).
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    batch_item_failures: Vec<ItemFailure>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure {
    item_identifier: String,
}

impl Answer {
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.batch_item_failures
            .iter()
            .map(|failure| failure.item_identifier.as_str())
            .collect()
    }
}

/// What Lambda is told: each id of a record that was not completed, once, in
/// record order.
///
/// # Errors
///
/// If every record failed and the settings ask for an error.
pub(crate) fn answer(
    event: &Event<'_>,
    slots: &[Slot],
    settings: &Settings,
) -> Result<Answer, InvocationError> {
    let failed = slots.iter().filter(|slot| !slot.outcome.is_completed());
    let number = failed.count();
    if number == 0 {
        return Ok(Answer::default());
    }
    if number == slots.len() && settings.on_total_failure == OnTotalFailure::Error {
        return Err(InvocationError::batch_failed(message(event, slots)));
    }
    Ok(Answer {
        batch_item_failures: failed_ids(event, slots)
            .map(|(_, id)| ItemFailure {
                item_identifier: id.into_owned(),
            })
            .collect(),
    })
}

/// The ids to report, each with the record that it was first seen to fail in.
///
/// SQS deletes by id: of two records with one id, both come back if either
/// failed.
fn failed_ids<'e>(
    event: &'e Event<'_>,
    slots: &'e [Slot],
) -> impl Iterator<Item = (usize, Cow<'e, str>)> {
    let mut seen = HashSet::new();
    event
        .records
        .iter()
        .zip(slots)
        .enumerate()
        .filter(|(_, (_, slot))| !slot.outcome.is_completed())
        .map(|(index, (record, _))| (index, record.id()))
        .filter(move |(_, id)| seen.insert(id.clone()))
}

fn message(event: &Event<'_>, slots: &[Slot]) -> String {
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
        Outcome::InDlq(failure) | Outcome::Failed(failure) => failure.reason.clone(),
        Outcome::OutOfTime { last: None } => "out of time".to_owned(),
        Outcome::OutOfTime {
            last: Some(failure),
        } => {
            format!("out of time after: {}", failure.reason)
        }
        Outcome::NotRun => "not run, because a record before it failed".to_owned(),
    }
}

/// The figures of one invocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) records: usize,
    /// The function succeeded.
    pub(crate) succeeded: usize,
    /// Reported to SQS.
    pub(crate) failed: usize,
    /// Took more than one attempt.
    pub(crate) retried: usize,
    /// Can never succeed.
    pub(crate) permanent: usize,
    pub(crate) out_of_time: usize,
    /// Behind a failure in a FIFO batch.
    pub(crate) not_run: usize,
}

impl Figures {
    pub(crate) fn of(slots: &[Slot]) -> Self {
        let mut figures = Self {
            records: slots.len(),
            ..Self::default()
        };
        for slot in slots {
            figures.retried += usize::from(slot.attempts > 1);
            figures.failed += usize::from(!slot.outcome.is_completed());
            match &slot.outcome {
                Outcome::Done => figures.succeeded += 1,
                Outcome::InDlq(_) => figures.permanent += 1,
                Outcome::Failed(failure) => {
                    figures.permanent += usize::from(failure.is_permanent());
                }
                Outcome::OutOfTime { .. } => figures.out_of_time += 1,
                Outcome::NotRun => figures.not_run += 1,
            }
        }
        figures
    }
}
