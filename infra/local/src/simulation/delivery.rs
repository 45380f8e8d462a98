//! What an invocation's end means for each message of its batch, and why.

use std::collections::BTreeSet;

use redrive_syntax::function::{Function, OnGroupFailure};

use crate::attempts::{self, Attempts};
use crate::event_source_mapping::failed_ids;
use crate::lambda::{Failure, Invocation};
use crate::ledger::Delivery;
use crate::sqs::Message;

/// Which messages failed.
enum Verdict {
    /// Those whose ids the function reported.
    Reported(BTreeSet<String>),
    /// All, and the function lived to say of each why.
    Each(String),
    /// All, for a reason that is about none of them.
    Alike(String),
}

/// How each delivery of `batch` ended; `name` is what people call a message.
pub(super) fn deliveries(
    function: &Function,
    batch: &[Message],
    invocation: &Invocation,
    name: impl Fn(&Message) -> String,
) -> Vec<Delivery> {
    let attempts = Attempts::read(&invocation.log);
    let verdict = verdict(batch, invocation);
    let deliver = |message: &Message| {
        let told = attempts.failures.get(&message.id);
        let why = match (&verdict, told) {
            (Verdict::Reported(failed), _) if !failed.contains(&message.id) => {
                return Delivery::Done {
                    attempt: told.map_or(1, |failure| failure.attempt + 1),
                };
            }
            (Verdict::Alike(why), _) => why.clone(),
            (_, Some(failure)) => begun(function, failure),
            (Verdict::Reported(_) | Verdict::Each(_), None) if attempts.some_not_run => {
                not_run(function, batch, message, &attempts, &name)
            }
            (Verdict::Reported(_), None) => "the function reported it as failed".to_owned(),
            (Verdict::Each(why), None) => why.clone(),
        };
        Delivery::Failed {
            attempts: told.map(|failure| failure.attempt),
            why,
        }
    };
    batch.iter().map(deliver).collect()
}

fn verdict(batch: &[Message], invocation: &Invocation) -> Verdict {
    let ids: BTreeSet<&str> = batch.iter().map(|message| &*message.id).collect();
    match &invocation.outcome {
        Ok(response) => match failed_ids(response, &ids) {
            Ok(failed) => Verdict::Reported(failed),
            Err(why) => Verdict::Alike(why),
        },
        Err(failure) => {
            let why = explain(failure, &invocation.log);
            match failure {
                Failure::Error { .. } => Verdict::Each(why),
                _ => Verdict::Alike(why),
            }
        }
    }
}

/// Why a message failed that the function was called with.
fn begun(function: &Function, failure: &attempts::Failure) -> String {
    match (&failure.error, failure.out_of_time) {
        (Some(error), false) => error.clone(),
        (Some(error), true) => format!("{}, after: {error}", out_of_time(function)),
        (None, _) => format!("{}, in attempt {}", out_of_time(function), failure.attempt),
    }
}

/// Why a message came back that the function was not called with.
fn not_run(
    function: &Function,
    batch: &[Message],
    message: &Message,
    attempts: &Attempts,
    name: impl Fn(&Message) -> String,
) -> String {
    let failed = |other: &&Message| {
        let failure = attempts.failures.get(&other.id);
        failure.is_some_and(|failure| !failure.out_of_time)
    };
    let mut others = batch.iter().filter(failed);
    let stops = function.on_group_failure == OnGroupFailure::StopBatch;
    let cause = others.find(|other| function.is_fifo() && (stops || other.group == message.group));
    match cause {
        Some(cause) if stops => format!(
            "not run: {} failed, and `on_group_failure` stops the batch",
            name(cause)
        ),
        Some(cause) => format!("not run: {}, before it in its group, failed", name(cause)),
        None => format!("not run: {} before its turn", out_of_time(function)),
    }
}

fn out_of_time(function: &Function) -> String {
    let no_limit = match function.attempt_timeout {
        Some(_) => "",
        None => ", `attempt_timeout` is not set",
    };
    format!("out of time (`timeout` is {}s{no_limit})", function.timeout)
}

/// A process that is gone may have said why in its last line.
pub(super) fn explain(failure: &Failure, log: &[String]) -> String {
    let last = log.iter().rev().find(|line| !line.trim().is_empty());
    match (failure, last) {
        (Failure::Exit(_) | Failure::ExitInInit(_), Some(line)) => {
            format!("{failure}, and last wrote: {}", words(line))
        }
        _ => failure.to_string(),
    }
}

/// What a line of the log says to people.
fn words(line: &str) -> String {
    let json: Option<serde_json::Value> = serde_json::from_str(line).ok();
    json.and_then(|line| line["message"].as_str().map(str::to_owned))
        .unwrap_or_else(|| line.trim().to_owned())
}

#[cfg(test)]
mod tests;
