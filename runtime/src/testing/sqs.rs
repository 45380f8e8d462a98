//! SQS as a test sees it: calls are written down.

use std::{
    sync::{Mutex, PoisonError},
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

/// How this SQS behavior.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StubBehavior {
    /// Whether the DLQ refuses every message.
    pub(crate) refuses: bool,
    /// How long sending a message to the DLQ takes.
    pub(crate) send: Duration,
    /// How long setting delays takes.
    pub(crate) delay: Duration,
}

#[derive(Default)]
pub(super) struct Recorder {
    behavior: StubBehavior,
    sent: Mutex<Vec<SentToDlq>>,
    delays: Mutex<Vec<Delay>>,
}

impl Recorder {
    pub(super) fn new(behavior: StubBehavior) -> Self {
        Self {
            behavior,
            ..Self::default()
        }
    }

    pub(super) fn take_sent(&self) -> Vec<SentToDlq> {
        take(&self.sent)
    }

    pub(super) fn take_delays(&self) -> Vec<Delay> {
        take(&self.delays)
    }
}

fn take<T>(list: &Mutex<Vec<T>>) -> Vec<T> {
    std::mem::take(&mut list.lock().unwrap_or_else(PoisonError::into_inner))
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
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(SentToDlq {
                id: record.message_id().into_owned(),
                body: record.body().to_owned(),
                reason: reason.to_owned(),
            });
        Ok(())
    }

    async fn delay(&self, messages: Vec<Delay>) -> Result<(), BoxError> {
        self.delays
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(messages);
        wait(self.behavior.delay).await;
        Ok(())
    }
}

async fn wait(time: Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}
