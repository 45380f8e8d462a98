//! The outcome of an invocation for each message of its batch.

use std::collections::BTreeSet;

use redrive_model::duration::show;
use redrive_model::log::field;
use redrive_syntax::function::{Function, OnGroupFailure};

use crate::attempts::{self, Attempts};
use crate::event_source_mapping::failed_ids;
use crate::lambda::{Failure, Invocation};
use crate::sqs::Message;
use crate::timeline::EventKind;

/// Which messages failed.
enum Verdict {
    /// Those with these ids, which the function reported.
    Reported(BTreeSet<String>),
    /// All; the log may contain an error of each message.
    Each(String),
    /// All, for a reason that has nothing to do with any of them.
    Alike(String),
}

/// The outcome of each delivery of `batch` to the Lambda function `lambda`; `name`
/// returns a message's name.
pub(super) fn deliveries(
    lambda: &str,
    function: &Function,
    batch: &[Message],
    invocation: &Invocation,
    name: impl Fn(&Message) -> String,
) -> Vec<EventKind> {
    let attempts = Attempts::read(&invocation.log);
    let verdict = verdict(batch, invocation);
    let deliver = |message: &Message| {
        let logged = attempts.failures.get(&message.id);
        let reason = match (&verdict, logged) {
            (Verdict::Reported(failed), _) if !failed.contains(&message.id) => {
                return EventKind::Completed {
                    function: lambda.to_owned(),
                    receive: message.receive_count,
                    attempt: match attempts.duplicates.contains(&message.id) {
                        true => 0,
                        false => logged.map_or(1, |failure| failure.attempt + 1),
                    },
                };
            }
            (Verdict::Alike(reason), _) => reason.clone(),
            _ if attempts.in_progress.contains(&message.id) => {
                "not processed: another delivery with its idempotency key is in progress".to_owned()
            }
            (_, Some(failure)) => failed(function, failure),
            (Verdict::Reported(_) | Verdict::Each(_), None) if attempts.some_not_processed => {
                not_processed(function, batch, message, &attempts, &name)
            }
            (Verdict::Reported(_), None) => "the function reported it as failed".to_owned(),
            (Verdict::Each(reason), None) => reason.clone(),
        };
        EventKind::Failed {
            function: lambda.to_owned(),
            receive: message.receive_count,
            attempts: logged.map(|failure| failure.attempt),
            reason,
        }
    };
    batch.iter().map(deliver).collect()
}

fn verdict(batch: &[Message], invocation: &Invocation) -> Verdict {
    let ids: BTreeSet<&str> = batch.iter().map(|message| &*message.id).collect();
    match &invocation.outcome {
        Ok(response) => match failed_ids(response, &ids) {
            Ok(failed) => Verdict::Reported(failed),
            Err(reason) => Verdict::Alike(reason),
        },
        Err(Failure::Error(reason)) => Verdict::Each(reason.clone()),
        Err(failure) => Verdict::Alike(explain(failure, &invocation.log)),
    }
}

/// Why a message failed that the function was called with.
fn failed(function: &Function, failure: &attempts::Failure) -> String {
    match (&failure.error, failure.out_of_time) {
        (Some(error), false) => error.clone(),
        (Some(error), true) => format!("{}, after: {error}", out_of_time(function)),
        (None, _) => format!("{}, in attempt {}", out_of_time(function), failure.attempt),
    }
}

/// Why the function was not called with a message.
fn not_processed(
    function: &Function,
    batch: &[Message],
    message: &Message,
    attempts: &Attempts,
    name: impl Fn(&Message) -> String,
) -> String {
    let has_failed = |other: &&Message| {
        let failure = attempts.failures.get(&other.id);
        failure.is_some_and(|failure| !failure.out_of_time)
    };
    let mut others = batch.iter().filter(has_failed);
    let stops = function.on_group_failure == OnGroupFailure::StopBatch;
    let cause = others.find(|other| function.is_fifo() && (stops || other.group == message.group));
    let cause = match cause.map(name) {
        Some(cause) if stops => {
            format!("{cause} failed, and `on_group_failure` stops the batch")
        }
        Some(cause) => format!("{cause} failed before it in its group"),
        None => out_of_time(function),
    };
    format!("not processed: {cause}")
}

fn out_of_time(function: &Function) -> String {
    let no_limit = match function.attempt_timeout {
        Some(_) => "",
        None => ", `attempt_timeout` is not set",
    };
    format!(
        "out of time (`timeout` is {}{no_limit})",
        show(function.timeout)
    )
}

/// The failure, with the last line of a process that has ended, which may contain
/// the reason.
pub(super) fn explain(failure: &Failure, log: &[String]) -> String {
    let last = log.iter().rev().find(|line| !line.trim().is_empty());
    match (failure, last) {
        (Failure::Exit(_) | Failure::ExitInInit(_), Some(line)) => {
            format!("{failure}; its last output: {}", text(line))
        }
        _ => failure.to_string(),
    }
}

/// The message of a line of JSON, or else the whole line.
fn text(line: &str) -> String {
    let json: Option<serde_json::Value> = serde_json::from_str(line).ok();
    json.and_then(|line| line[field::MESSAGE].as_str().map(str::to_owned))
        .unwrap_or_else(|| line.trim().to_owned())
}

#[cfg(test)]
mod tests;
