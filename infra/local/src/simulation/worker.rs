//! A function in the simulation: its mapping, its processes, and its schedule.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use redrive_infra::stack::StackFunction;
use redrive_syntax::function::Function;

use super::start_error::StartError;
use crate::event_source_mapping::Mapping;
use crate::lambda::{self, Pool};
use crate::scheduler::Scheduler;
use crate::sqs::Sqs;
use crate::until::Until;

/// One function of the stack.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) function: Function,
    /// Whether its mapping is disabled.
    pub(super) is_paused: bool,
    pub(super) mapping: Mapping,
    pub(super) workers: Arc<Pool>,
    pub(super) redrive: Option<RedriveFunction>,
}

/// Its redrive function.
#[derive(Debug)]
pub(super) struct RedriveFunction {
    pub(super) scheduler: Scheduler,
    pub(super) pool: Arc<Pool>,
    /// The number of redrives that found messages in the DLQ.
    pub(super) effective: u32,
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
        let redrive = match &function.redrive() {
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
                effective: 0,
            }),
        };
        let worker = lambda::worker(entry, binary, endpoint, variables);
        Ok(Self {
            mapping: Mapping::new(function),
            workers: Arc::new(Pool::new(worker, seed)),
            function: function.clone(),
            is_paused: false,
            redrive,
        })
    }
}

impl Worker {
    /// Whether nothing happens until the schedule's next run.
    pub(super) fn is_at_rest(&self, sqs: &Sqs) -> bool {
        let retrying = self
            .redrive
            .as_ref()
            .is_some_and(|redrive| redrive.scheduler.is_retrying());
        !retrying && !self.mapping.is_gathering() && (self.is_paused || !self.has_messages(sqs))
    }

    /// Whether its queue contains a message.
    pub(super) fn has_messages(&self, sqs: &Sqs) -> bool {
        !is_empty(sqs, &self.function.queue_name())
    }

    /// Whether its DLQ contains a message.
    pub(super) fn has_dead_letters(&self, sqs: &Sqs) -> bool {
        !is_empty(sqs, &self.function.dlq_name())
    }

    /// Whether its DLQ is empty, or has had the maximum number of redrives.
    pub(super) fn is_settled(&self, sqs: &Sqs, until: Until) -> bool {
        if !self.has_dead_letters(sqs) {
            return true;
        }
        match (&self.redrive, until) {
            (None, _) => true,
            (Some(redrive), Until::Redrives(max)) => redrive.effective >= max,
            (Some(_), Until::Elapsed(_)) => false,
        }
    }
}

fn is_empty(sqs: &Sqs, queue: &str) -> bool {
    sqs.queue(queue)
        .is_ok_and(|queue| queue.messages().is_empty())
}
