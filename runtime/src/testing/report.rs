//! What became of a test's batch.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::sqs::{Recorder, SentToDlq};
use crate::{
    attempt::Process,
    deadline::Deadline,
    engine::Engine,
    event::Event,
    invocation::InvocationError,
    outcome::Outcome,
    report::{self, Answer},
};

/// What became of a batch.
#[derive(Debug)]
pub struct Report {
    answer: Result<Answer, InvocationError>,
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

impl Report {
    pub(super) async fn of<P: Process>(
        engine: &Engine<P, Recorder>,
        bytes: &Bytes,
        deadline: Deadline,
        start: Instant,
    ) -> Self {
        let mut report = Self {
            answer: Ok(Answer::default()),
            records: Vec::new(),
            sent_to_dlq: Vec::new(),
            delays: Vec::new(),
            elapsed: Duration::ZERO,
        };
        let event = match Event::parse(bytes) {
            Ok(event) => event,
            Err(error) => {
                report.answer = Err(error);
                return report;
            }
        };
        let slots = engine.run(bytes, &event, deadline).await;
        report.answer = report::answer(&event, &slots, &engine.settings);
        report.elapsed = start.elapsed();
        report.sent_to_dlq = engine.sqs.take_sent();
        report.delays = engine
            .sqs
            .take_delays()
            .into_iter()
            .map(|delay| (delay.receipt_handle, delay.seconds))
            .collect();
        report.records = event
            .records
            .iter()
            .zip(slots)
            .map(|(fields, slot)| Handled {
                id: fields.id().into_owned(),
                outcome: slot.outcome,
                attempts: slot.attempts,
            })
            .collect();
        report
    }

    /// The ids that come back: those that Lambda is told have failed, or all of
    /// the batch if the invocation ends with an error. None if the event itself
    /// was refused, since then nothing of it was read; [`Report::error`] says so.
    pub fn failed(&self) -> Vec<&str> {
        match &self.answer {
            Ok(answer) => answer.ids(),
            Err(_) => {
                let mut ids = Vec::new();
                for record in &self.records {
                    if !ids.contains(&record.id.as_str()) {
                        ids.push(&record.id);
                    }
                }
                ids
            }
        }
    }

    /// The error that the invocation ends with, as `errorType: errorMessage`.
    pub fn error(&self) -> Option<String> {
        self.answer.as_ref().err().map(|error| format!("{error:?}"))
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
            outcome => Some(report::reason(outcome)),
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

    fn record(&self, id: &str) -> Option<&Handled> {
        self.records.iter().find(|record| record.id == id)
    }
}
