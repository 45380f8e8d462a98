//! One invocation from its event to its answer: receive, run, report.

pub(crate) mod attempt;
mod backoff;
mod groups;
mod lanes;
pub(crate) mod outcome;
mod pieces;
mod receive;
pub(crate) mod response;
pub(crate) mod run;
pub(crate) mod threads;
mod visibility;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use redrive_model::deadline::answer_time;
use tokio::time;
use tracing::Instrument as _;

use self::{
    attempt::Process,
    outcome::{Outcome, Slot},
    response::BatchResponse,
    run::Run,
    threads::Threads,
};
use crate::{
    deadline::Deadline,
    event::Event,
    failure::InvocationError,
    log::{self, metrics},
    message::LambdaContext,
    settings::Settings,
    sqs::{Delay, SqsAccess},
};

/// What the engine works with, the same for every invocation.
pub(crate) struct Engine<P, Q> {
    pub(crate) settings: Settings,
    pub(crate) process: P,
    pub(crate) sqs: Q,
    /// The deployed function's memory.
    pub(crate) memory_mb: u32,
    /// The deployed function's name.
    pub(crate) function_name: String,
}

impl<P: Process, Q: SqsAccess> Engine<P, Q> {
    /// Runs the batch in `event`. The response to Lambda, and what then writes the
    /// summary and the metrics to the log.
    ///
    /// # Errors
    ///
    /// If the event is not a batch of SQS records, or every record failed.
    pub(crate) async fn invoke(
        self: &Arc<Self>,
        threads: &Threads,
        event: Bytes,
        deadline: Deadline,
        context: LambdaContext,
    ) -> Result<(BatchResponse, impl FnOnce() + Send + use<P, Q>), InvocationError>
    where
        P: Send + 'static,
    {
        let event = Event::read(event)?;
        let timeout = self.settings.timeout;
        let deadline = deadline.keeping(answer_time(timeout, event.len(), self.memory_mb));
        let span = log::batch_span(&event);
        let run = Run::new(Arc::clone(self), event, deadline, Arc::new(context));
        let run = Arc::new(run);
        let handled = async {
            threads.run(&run).await;
            self.finish(&run).await
        };
        let slots = handled.instrument(span.clone()).await;
        let elapsed = run.start.elapsed();
        let response = response::respond(&run.event, &slots, &self.settings);
        let log = move || span.in_scope(|| run.engine.log(&run, &slots, elapsed));
        match response {
            Ok(response) => Ok((response, log)),
            Err(error) => {
                log();
                Err(error)
            }
        }
    }

    /// Ends a run: sends records on, and sets how long failed messages stay invisible.
    pub(crate) async fn finish(&self, run: &Run<P, Q>) -> Vec<Slot> {
        let event = &run.event;
        let mut slots = run.lanes().take();
        run.settle_claims(&slots).await;
        for (fields, slot) in event.records().zip(&slots) {
            if let Outcome::OutOfTime { last } = &slot.outcome
                && slot.attempts > 0
            {
                log::out_of_time(&fields, last.as_deref(), slot.attempts);
            }
        }
        run.send_rest(&mut slots).await;
        let backoff = self.settings.queue_backoff;
        let in_progress = |slot: &Slot| matches!(slot.outcome, Outcome::InProgress { .. });
        if backoff.is_some() || slots.iter().any(in_progress) {
            self.delay(
                visibility::delays(event, &slots, backoff, run.now()),
                run.whole,
            )
            .await;
        }
        slots
    }

    /// Writes the summary of a run and its metrics.
    pub(crate) fn log(&self, run: &Run<P, Q>, slots: &[Slot], elapsed: Duration) {
        let figures = response::figures(slots, P::IDEMPOTENCY.is_some());
        log::summary(&figures, elapsed);
        if self.settings.metrics {
            let queue = run.event.queue_name();
            let queue = queue.as_deref().unwrap_or("unknown");
            metrics::write(&self.function_name, queue, &figures, elapsed);
        }
    }

    /// Best effort: a message that is not delayed is redelivered after the queue's
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
