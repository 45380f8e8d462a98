//! Sends the records of one invocation to the DLQ.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use redrive_model::deadline::DLQ_SEND;
use tokio::time;

use crate::{
    error::BoxError,
    message::Record,
    sqs::{SqsAccess, Unreachable},
};

/// What is known about the way to the DLQ in one invocation.
#[derive(Default)]
pub(super) struct Dlq {
    /// A send was not answered. The others would not be either, and each would take
    /// time from records that can succeed.
    is_unreachable: AtomicBool,
}

impl Dlq {
    /// Sends a record, within [`DLQ_SEND`]; the deadline ends it earlier.
    ///
    /// # Errors
    ///
    /// If SQS did not confirm it.
    pub(super) async fn send<Q: SqsAccess>(
        &self,
        sqs: &Q,
        record: Record<'_>,
        reason: &str,
    ) -> Result<(), BoxError> {
        if self.is_unreachable.load(Relaxed) {
            return Err("SQS did not answer for an earlier record of this invocation".into());
        }
        let sent = time::timeout(DLQ_SEND, sqs.send_to_dlq(record, reason)).await;
        let sent = sent.unwrap_or_else(|_| {
            Err(Unreachable(format!("no answer within {DLQ_SEND:?}").into()).into())
        });
        sent.inspect_err(|error| {
            self.is_unreachable
                .fetch_or(error.is::<Unreachable>(), Relaxed);
        })
    }
}
