//! An SQS that records its calls.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use redrive_model::limits::{MESSAGE_BYTES, SQS_BATCH};

use crate::{
    error::BoxError,
    settings::Settings,
    sqs::{Delay, Destination, Outgoing, SqsAccess},
};

/// A message that the worker sent to the DLQ or to the parking queue.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentMessage {
    /// The id it had in the source queue.
    pub id: String,
    /// Its body, unchanged.
    pub body: String,
    /// Why it was sent.
    pub reason: String,
    /// The number of the redrive that it waits for (`RedriveRound`), if the worker counts
    /// rounds.
    pub round: Option<u32>,
}

/// How this SQS behaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StubBehavior {
    /// Whether the DLQ and the parking queue refuse every message.
    pub(crate) refuses: bool,
    /// Whether they accept every message, but the answers that say so are lost.
    pub(crate) loses_answers: bool,
    /// The time of a call that sends messages.
    pub(crate) send: Duration,
    /// The time to set delays.
    pub(crate) delay: Duration,
}

/// What was asked of it.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) to_dlq: Vec<SentMessage>,
    pub(super) parked: Vec<SentMessage>,
    pub(super) delays: Vec<Delay>,
}

#[derive(Default)]
pub(super) struct Recorder {
    behavior: StubBehavior,
    calls: Mutex<Calls>,
}

impl Recorder {
    pub(super) fn new(behavior: StubBehavior) -> Self {
        Self {
            behavior,
            ..Self::default()
        }
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was sent, and which delays were set.
    pub(super) fn take(&self) -> Calls {
        std::mem::take(&mut self.calls())
    }
}

impl SqsAccess for Recorder {
    fn from_env(_settings: &Settings) -> Result<Self, BoxError> {
        Ok(Self::default())
    }

    async fn send(&self, to: Destination, records: &[Outgoing<'_>]) -> Vec<Result<(), BoxError>> {
        wait(self.behavior.send).await;
        let mut calls = self.calls();
        let sent = match to {
            Destination::Dlq => &mut calls.to_dlq,
            Destination::Parking => &mut calls.parked,
        };
        let bytes = records.iter().map(|outgoing| outgoing.record.body().len());
        let is_too_large = records.len() > SQS_BATCH || bytes.sum::<usize>() > MESSAGE_BYTES;
        let send = |outgoing: &Outgoing<'_>| {
            if is_too_large {
                return Err("SQS refuses so large a call".into());
            }
            if self.behavior.refuses {
                return Err("the test's DLQ refuses every message".into());
            }
            sent.push(SentMessage {
                id: outgoing.record.message_id().into_owned(),
                body: outgoing.record.body().to_owned(),
                reason: outgoing.reason.to_owned(),
                round: outgoing.round,
            });
            match self.behavior.loses_answers {
                true => Err("the test loses the answer".into()),
                false => Ok(()),
            }
        };
        records.iter().map(send).collect()
    }

    async fn delay(&self, messages: Vec<Delay>) -> Result<(), BoxError> {
        self.calls().delays.extend(messages);
        wait(self.behavior.delay).await;
        Ok(())
    }
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
