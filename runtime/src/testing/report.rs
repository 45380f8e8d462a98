//! The result of a test's batch.

use std::{
    collections::HashSet,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use serde_json::{Value, json};
use tokio::{
    task,
    time::{self, Instant},
};

use super::sqs::{Calls, Recorder, SentMessage};
use crate::{
    batch::{
        Engine,
        attempt::Process,
        outcome::{Outcome, Slot},
        response,
        run::Run,
    },
    deadline::Deadline,
    event::Event,
    failure::InvocationError,
    message::LambdaContext,
};

/// Each has its own id.
static INVOCATIONS: AtomicUsize = AtomicUsize::new(1);

/// The result of a batch.
#[derive(Debug)]
pub struct Report {
    answer: Result<Value, InvocationError>,
    /// Each record's id, and what became of it.
    records: Vec<(String, Slot)>,
    sent_to_dlq: Vec<SentMessage>,
    parked: Vec<SentMessage>,
    delays: Vec<(String, u32)>,
    elapsed: Duration,
}

/// Runs the lanes in this task, so that time is the test's and the function may
/// borrow.
pub(super) async fn here<P: Process>(run: &Arc<Run<P, Recorder>>) {
    let mut lanes: FuturesUnordered<_> =
        (0..run.lanes().len()).map(|lane| run.lane(lane)).collect();
    let running = async { while lanes.next().await.is_some() {} };
    // Unconstrained: a function that uses up the task's budget of cooperation in
    // each poll must not keep the clock from being looked at.
    let cut = pin!(task::unconstrained(time::sleep_until(run.cut())));
    tokio::select! {
        biased;
        () = running => {}
        () = cut => {}
    }
    drop(lanes);
    run.lanes().end_all_but(|_| false);
}

impl Report {
    pub(super) async fn of<P: Process>(
        engine: Arc<Engine<P, Recorder>>,
        bytes: Bytes,
        deadline: Deadline,
        start: Instant,
        run_lanes: impl AsyncFnOnce(&Arc<Run<P, Recorder>>),
    ) -> Self {
        let mut records = Vec::new();
        let answer = match Event::read(bytes) {
            Ok(event) => {
                let number = INVOCATIONS.fetch_add(1, Relaxed);
                let context = LambdaContext {
                    request_id: format!("test-{number}"),
                    ..LambdaContext::default()
                };
                let run = Run::new(Arc::clone(&engine), event, deadline, Arc::new(context));
                let run = Arc::new(run);
                run_lanes(&run).await;
                let slots = engine.finish(&run).await;
                engine.log(&run, &slots, start.elapsed());
                let answer = response::respond(&run.event, &slots, &engine.settings);
                let ids = run.event.records().map(|fields| fields.id().into_owned());
                records = ids.zip(slots).collect();
                answer
            }
            Err(error) => Err(error),
        };
        let Calls {
            to_dlq: sent_to_dlq,
            parked,
            delays,
        } = engine.sqs.take();
        let delays = delays.into_iter();
        Self {
            answer: answer.map(|answer| json!(answer)),
            records,
            sent_to_dlq,
            parked,
            delays: delays.map(|it| (it.receipt_handle, it.seconds)).collect(),
            elapsed: start.elapsed(),
        }
    }

    /// The ids of the messages that are redelivered: those that the answer reports, or
    /// all of the batch if the invocation ends with an error. None if the event itself
    /// was rejected, because then nothing of it was read; see [`Report::error`].
    pub fn failed(&self) -> Vec<&str> {
        let Ok(answer) = &self.answer else {
            let mut seen = HashSet::new();
            let ids = self.records.iter().map(|(id, _)| id.as_str());
            return ids.filter(|id| seen.insert(*id)).collect();
        };
        let failures = answer["batchItemFailures"].as_array().into_iter().flatten();
        failures
            .filter_map(|failure| failure["itemIdentifier"].as_str())
            .collect()
    }

    /// The error that the invocation ends with, as `errorType: errorMessage`.
    pub fn error(&self) -> Option<String> {
        let error = self.answer.as_ref().err()?;
        Some(format!("{}: {error}", error.kind()))
    }

    /// The answer to Lambda as JSON, if the invocation ends without an error.
    pub fn answer(&self) -> Option<Value> {
        self.answer.as_ref().ok().cloned()
    }

    /// How many attempts the message with this id took; 0 if it was not processed.
    pub fn attempts(&self, id: &str) -> u32 {
        self.slot(id).map_or(0, |slot| slot.attempts)
    }

    /// Why the message with this id was not completed, or was sent to the DLQ or the
    /// parking queue.
    pub fn reason(&self, id: &str) -> Option<String> {
        match &self.slot(id)?.outcome {
            Outcome::Done | Outcome::Duplicate { .. } => None,
            outcome => Some(response::reason(outcome)),
        }
    }

    /// The ids of the messages that were acknowledged without being processed, because
    /// their idempotency keys were completed before.
    pub fn duplicates(&self) -> Vec<&str> {
        let records = self.records.iter();
        let duplicates =
            records.filter(|(_, slot)| matches!(slot.outcome, Outcome::Duplicate { .. }));
        duplicates.map(|(id, _)| id.as_str()).collect()
    }

    /// What the worker sent to the DLQ.
    pub fn sent_to_dlq(&self) -> &[SentMessage] {
        &self.sent_to_dlq
    }

    /// What the worker sent to the parking queue, where no redrive moves it.
    pub fn parked(&self) -> &[SentMessage] {
        &self.parked
    }

    /// Receipt handles (`receipt-1` is the first message's) with the seconds
    /// that the message stays invisible, as `queue_backoff` set it.
    pub fn delays(&self) -> &[(String, u32)] {
        &self.delays
    }

    /// How long the invocation took, in the test's time.
    pub fn elapsed(&self) -> Duration {
        self.elapsed
    }

    /// What became of each record.
    #[cfg(test)]
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.records.iter().map(|(_, slot)| slot)
    }

    fn slot(&self, id: &str) -> Option<&Slot> {
        let mut records = self.records.iter();
        records.find_map(|(known, slot)| (known == id).then_some(slot))
    }
}
