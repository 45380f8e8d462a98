//! A function in the world: its mapping, its processes, and its schedule.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use redrive_infra::stack::StackFunction;
use redrive_syntax::function::Function;

use super::settings::StartError;
use crate::attempts::{self, Failures};
use crate::esm::{Mapping, failed_ids};
use crate::journal::Delivery;
use crate::lambda::{self, Failure, Invocation, Pool};
use crate::scheduler::Scheduler;
use crate::sqs::{Message, Sqs};
use crate::until::Until;

/// One function of the stack.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) function: Function,
    pub(super) mapping: Mapping,
    pub(super) workers: Arc<Pool>,
    pub(super) redrive: Option<RedriveFunction>,
}

/// Its redrive function.
#[derive(Debug)]
pub(super) struct RedriveFunction {
    pub(super) scheduler: Scheduler,
    pub(super) pool: Arc<Pool>,
    /// Redrives that were started while messages waited in the DLQ.
    pub(super) useful: u32,
}

impl Worker {
    pub(super) fn new(
        entry: &StackFunction,
        binary: &Path,
        endpoint: &str,
        variables: &BTreeMap<String, String>,
        start: Timestamp,
        seed: u64,
    ) -> Result<Self, StartError> {
        let function = &entry.function;
        let redrive = match &function.redrive {
            None => None,
            Some(redrive) => Some(RedriveFunction {
                scheduler: Scheduler::new(redrive, start).ok_or_else(|| {
                    let name = redrive.timezone.clone();
                    StartError::TimeZone { name }
                })?,
                pool: Arc::new(Pool::new(
                    lambda::redrive_function(entry, binary, endpoint),
                    seed,
                )),
                useful: 0,
            }),
        };
        let worker = lambda::worker(entry, binary, endpoint, variables);
        Ok(Self {
            mapping: Mapping::new(function),
            workers: Arc::new(Pool::new(worker, seed)),
            function: function.clone(),
            redrive,
        })
    }
}

impl Worker {
    /// Whether only its schedule can bring it to do anything.
    pub(super) fn is_at_rest(&self, sqs: &Sqs) -> bool {
        let retrying = self
            .redrive
            .as_ref()
            .is_some_and(|redrive| redrive.scheduler.is_retrying());
        !retrying && !self.mapping.is_gathering() && is_empty(sqs, &self.function.queue)
    }

    /// Whether the DLQ is empty or has been redriven as often as it may be.
    pub(super) fn is_settled(&self, sqs: &Sqs, until: Until) -> bool {
        if is_empty(sqs, &self.function.dlq()) {
            return true;
        }
        match (&self.redrive, until) {
            (None, _) => true,
            (Some(redrive), Until::Redrives(most)) => redrive.useful >= most,
            (Some(_), Until::Elapsed(_)) => false,
        }
    }
}

fn is_empty(sqs: &Sqs, queue: &str) -> bool {
    sqs.queue(queue)
        .is_ok_and(|queue| queue.messages().is_empty())
}

/// What an invocation's end means for each message of its batch.
pub(super) fn deliveries(batch: &[Message], invocation: &Invocation) -> Vec<Delivery> {
    let told = attempts::failures(&invocation.log);
    let ids: BTreeSet<&str> = batch.iter().map(|message| &*message.id).collect();
    let failed = match &invocation.outcome {
        Ok(response) => failed_ids(response, &ids).map_err(|reason| (reason, true)),
        Err(failure) => Err((
            explain(failure, &invocation.log),
            // The function lived to say what failed.
            !matches!(failure, Failure::Error { .. }),
        )),
    };
    batch
        .iter()
        .map(|message| {
            let told = told.get(&message.id);
            match &failed {
                Ok(failed) if !failed.contains(&message.id) => Delivery::Done {
                    attempt: told.map_or(1, |failures| failures.attempt + 1),
                },
                Ok(_) => fail(told, "the function reported it as failed", false),
                Err((why, all_alike)) => fail(told, why, *all_alike),
            }
        })
        .collect()
}

/// What the log tells of the record says more than the invocation's error,
/// unless that error is not about records.
fn fail(told: Option<&Failures>, why: &str, all_alike: bool) -> Delivery {
    match told {
        Some(failures) if !all_alike => Delivery::Failed {
            attempts: Some(failures.attempt),
            why: failures.error.clone(),
        },
        _ => Delivery::Failed {
            attempts: told.map(|failures| failures.attempt),
            why: why.to_owned(),
        },
    }
}

/// A process that is gone has said why in its last line, if at all.
pub(super) fn explain(failure: &Failure, log: &[String]) -> String {
    let last = log.iter().rev().find(|line| !line.trim().is_empty());
    match (failure, last) {
        (Failure::Exit(_), Some(line)) => format!("{failure}: {}", line.trim()),
        _ => failure.to_string(),
    }
}
