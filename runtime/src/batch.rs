//! One invocation from its event to its answer: receive, run, report.

pub(crate) mod attempt;
mod backoff;
mod groups;
pub(crate) mod outcome;
pub(crate) mod response;
mod run;
mod visibility;

use bytes::Bytes;
use tokio::time::{self, Instant};

use self::{
    attempt::Process,
    outcome::{Outcome, Slot},
    response::BatchResponse,
    run::BatchRun,
};
use crate::{
    deadline::Deadline,
    event::Event,
    failure::InvocationError,
    log::{self, metrics},
    settings::Settings,
    sqs::{Delay, SqsAccess},
};

/// What the engine works with, the same for every invocation.
pub(crate) struct Engine<P, Q> {
    pub(crate) settings: Settings,
    pub(crate) process: P,
    pub(crate) sqs: Q,
    /// The deployed function's name.
    pub(crate) function_name: String,
}

impl<P: Process, Q: SqsAccess> Engine<P, Q> {
    /// Runs the batch in `bytes` and gives what Lambda is to be told.
    ///
    /// # Errors
    ///
    /// If the event is no batch of SQS records, or every record failed.
    pub(crate) async fn invoke(
        &self,
        bytes: &Bytes,
        deadline: Deadline,
    ) -> Result<BatchResponse, InvocationError> {
        let event = Event::read(bytes.clone())?;
        let slots = self.run(&event, deadline).await;
        response::respond(&event, &slots, &self.settings)
    }

    /// Runs the batch and tells the log about it.
    pub(crate) async fn run(&self, event: &Event, deadline: Deadline) -> Vec<Slot> {
        let start = Instant::now();
        let batch = BatchRun {
            event,
            settings: &self.settings,
            deadline,
            process: &self.process,
            sqs: &self.sqs,
        };
        let slots = batch.run().await;
        for (fields, slot) in event.records().zip(&slots) {
            if let Outcome::OutOfTime { last } = &slot.outcome
                && slot.attempts > 0
            {
                log::out_of_time(&fields, last.as_deref(), slot.attempts);
            }
        }
        if let Some(backoff) = self.settings.queue_backoff {
            self.delay(visibility::delays(event, &slots, backoff), deadline)
                .await;
        }
        let figures = response::figures(&slots);
        let elapsed = start.elapsed();
        log::summary(&figures, elapsed);
        if self.settings.metrics {
            metrics::write(&self.function_name, &queue_name(event), &figures, elapsed);
        }
        slots
    }

    /// Best effort: a message that is not delayed comes back after the queue's
    /// visibility timeout.
    async fn delay(&self, delays: Vec<Delay>, deadline: Deadline) {
        if delays.is_empty() {
            return;
        }
        let delayed = time::timeout_at(deadline.answer_by(), self.sqs.delay(delays)).await;
        match delayed {
            Ok(Ok(())) => {}
            Ok(Err(error)) => log::not_delayed(&error),
            Err(_) => log::not_delayed(&"out of time".into()),
        }
    }
}

/// The last part of the queue's ARN.
fn queue_name(event: &Event) -> String {
    event
        .records()
        .find_map(|record| record.queue_arn())
        .and_then(|arn| arn.rsplit(':').next().map(ToOwned::to_owned))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}
