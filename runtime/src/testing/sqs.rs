//! An SQS that records its calls.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    error::BoxError,
    message::Record,
    settings::Settings,
    sqs::{Delay, SqsAccess},
};

/// A message that the worker sent to the DLQ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SentToDlq {
    /// The id it had in the source queue.
    pub id: String,
    /// Its body, unchanged.
    pub body: String,
    /// Why it can never succeed.
    pub reason: String,
}

/// How this SQS behaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StubBehavior {
    /// Whether the DLQ refuses every message.
    pub(crate) refuses: bool,
    /// The time to send a message to the DLQ.
    pub(crate) send: Duration,
    /// The time to set delays.
    pub(crate) delay: Duration,
}

#[derive(Default)]
pub(super) struct Recorder {
    behavior: StubBehavior,
    calls: Mutex<(Vec<SentToDlq>, Vec<Delay>)>,
}

impl Recorder {
    pub(super) fn new(behavior: StubBehavior) -> Self {
        Self {
            behavior,
            ..Self::default()
        }
    }

    fn calls(&self) -> MutexGuard<'_, (Vec<SentToDlq>, Vec<Delay>)> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was sent to the DLQ, and which delays were set.
    pub(super) fn take(&self) -> (Vec<SentToDlq>, Vec<Delay>) {
        std::mem::take(&mut self.calls())
    }
}

impl SqsAccess for Recorder {
    fn from_env(_settings: &Settings) -> Result<Self, BoxError> {
        Ok(Self::default())
    }

    async fn send_to_dlq(&self, record: Record<'_>, reason: &str) -> Result<(), BoxError> {
        wait(self.behavior.send).await;
        if self.behavior.refuses {
            return Err("the test's DLQ refuses every message".into());
        }
        self.calls().0.push(SentToDlq {
            id: record.message_id().into_owned(),
            body: record.body().to_owned(),
            reason: reason.to_owned(),
        });
        Ok(())
    }

    async fn delay(&self, messages: Vec<Delay>) -> Result<(), BoxError> {
        self.calls().1.extend(messages);
        wait(self.behavior.delay).await;
        Ok(())
    }
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
