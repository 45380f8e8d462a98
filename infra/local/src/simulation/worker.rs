//! A function in the simulation: its mapping, its processes, and its schedule.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use redrive_infra::parameters;
use redrive_infra::stack::StackFunction;
use redrive_syntax::function::{Function, Redrive};

use super::options::SimulationOptions;
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
    /// `endpoint` is that of SQS and SNS, and `stubs` are the addresses of the others.
    pub(super) fn new(
        entry: &StackFunction,
        binary: &Path,
        endpoint: &str,
        stubs: &BTreeMap<String, String>,
        options: &SimulationOptions,
    ) -> Result<Self, StartError> {
        let function = &entry.function;
        let redrive = |redrive: &Redrive| {
            let scheduler = Scheduler::new(redrive, options.start)
                .ok_or_else(|| format!("the time zone `{}` does not exist", redrive.timezone))?;
            let pool = Pool::new(lambda::redrive_function(entry, binary, endpoint));
            Ok::<_, StartError>(RedriveFunction {
                scheduler,
                pool: Arc::new(pool),
                effective: 0,
            })
        };
        let enabled = parameters::enabled(function);
        let enabled = options.given.parameters.get(&enabled);
        let worker = lambda::worker(entry, binary, endpoint, stubs);
        Ok(Self {
            redrive: function.redrive().as_ref().map(redrive).transpose()?,
            mapping: Mapping::new(function),
            workers: Arc::new(Pool::new(worker)),
            is_paused: enabled.is_some_and(|value| value == "false"),
            function: function.clone(),
        })
    }

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
