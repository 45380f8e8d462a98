//! What became of a test's batch.

use std::{collections::HashSet, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::{
    task,
    time::{self, Instant},
};

use super::sqs::{Recorder, SentToDlq};
use crate::{
    batch::{
        Engine,
        attempt::Process,
        outcome::Outcome,
        response::{self, BatchResponse},
        run::Run,
    },
    deadline::Deadline,
    event::Event,
    failure::InvocationError,
};

/// What became of a batch.
#[derive(Debug)]
pub struct Report {
    answer: Result<BatchResponse, InvocationError>,
    failed: Vec<String>,
    records: Vec<Handled>,
    sent_to_dlq: Vec<SentToDlq>,
    delays: Vec<(String, u32)>,
    elapsed: Duration,
}

#[derive(Debug)]
struct Handled {
    id: String,
    outcome: Outcome,
    attempts: u32,
}

/// Runs the lanes in this task, so that time is the test's and the function may
/// borrow.
pub(super) async fn here<P: Process>(run: &Arc<Run<P, Recorder>>) {
    let mut lanes: FuturesUnordered<_> =
        (0..run.lanes().len()).map(|lane| run.lane(lane)).collect();
    let lanes = async { while lanes.next().await.is_some() {} };
    // Unconstrained: a function that uses up the task's budget of cooperation in
    // each poll must not keep the clock from being looked at.
    let cut = pin!(task::unconstrained(time::sleep_until(run.cut())));
    tokio::select! {
        biased;
        () = lanes => {}
        () = cut => {}
    }
}

impl Report {
    pub(super) async fn of<P: Process>(
        engine: Arc<Engine<P, Recorder>>,
        bytes: Bytes,
        deadline: Deadline,
        start: Instant,
        run_lanes: impl AsyncFnOnce(&Arc<Run<P, Recorder>>),
    ) -> Self {
        let event = match Event::read(bytes) {
            Ok(event) => event,
            Err(error) => {
                return Self {
                    answer: Err(error),
                    failed: Vec::new(),
                    records: Vec::new(),
                    sent_to_dlq: Vec::new(),
                    delays: Vec::new(),
                    elapsed: Duration::ZERO,
                };
            }
        };
        let run = Run::new(Arc::clone(&engine), event, deadline, Arc::default());
        let run = Arc::new(run);
        run_lanes(&run).await;
        let slots = engine.finish(&run).await;
        let event = &run.event;
        let answer = response::respond(event, &slots, &engine.settings);
        let elapsed = start.elapsed();
        let failed = match &answer {
            Ok(answer) => answer.ids(),
            Err(_) => {
                let mut seen = HashSet::new();
                let ids = event.records().map(|fields| fields.id().into_owned());
                ids.filter(|id| seen.insert(id.clone())).collect()
            }
        };
        Self {
            answer,
            failed,
            elapsed,
            sent_to_dlq: engine.sqs.take_sent(),
            delays: engine
                .sqs
                .take_delays()
                .into_iter()
                .map(|delay| (delay.receipt_handle, delay.seconds))
                .collect(),
            records: event
                .records()
                .zip(slots)
                .map(|(fields, slot)| Handled {
                    id: fields.id().into_owned(),
                    outcome: slot.outcome,
                    attempts: slot.attempts,
                })
                .collect(),
        }
    }

    /// The ids that come back: those that Lambda is told have failed, or all of
    /// the batch if the invocation ends with an error. None if the event itself
    /// was refused, since then nothing of it was read; [`Report::error`] says so.
    pub fn failed(&self) -> Vec<&str> {
        self.failed.iter().map(String::as_str).collect()
    }

    /// The error that the invocation ends with, as `errorType: errorMessage`.
    pub fn error(&self) -> Option<String> {
        let error = self.answer.as_ref().err()?;
        Some(format!("{}: {error}", error.kind()))
    }

    /// The answer to Lambda as JSON, if the invocation ends without an error.
    pub fn answer(&self) -> Option<serde_json::Value> {
        let answer = self.answer.as_ref().ok()?;
        serde_json::to_value(answer).ok()
    }

    /// How many attempts the message with this id took; 0 if it was not run.
    pub fn attempts(&self, id: &str) -> u32 {
        self.record(id).map_or(0, |record| record.attempts)
    }

    /// Why the message with this id was not completed, or is in the DLQ.
    pub fn reason(&self, id: &str) -> Option<String> {
        match &self.record(id)?.outcome {
            Outcome::Done => None,
            outcome => Some(response::reason(outcome)),
        }
    }

    /// What the worker sent to the DLQ.
    pub fn sent_to_dlq(&self) -> &[SentToDlq] {
        &self.sent_to_dlq
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

    /// What became of each record, and the attempts it took.
    #[cfg(test)]
    pub(crate) fn slots(&self) -> impl Iterator<Item = (&Outcome, u32)> {
        self.records
            .iter()
            .map(|record| (&record.outcome, record.attempts))
    }

    fn record(&self, id: &str) -> Option<&Handled> {
        self.records.iter().find(|record| record.id == id)
    }
}
