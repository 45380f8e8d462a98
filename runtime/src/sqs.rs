//! Whether a worker itself calls SQS.
//!
//! A type of the handler specifies it, not a value: the AWS SDK is linked only into
//! a binary that names [`Sqs`].

#[cfg(feature = "sqs-client")]
mod calls;
#[cfg(feature = "sqs-client")]
pub(crate) mod client;
#[cfg(feature = "sqs-client")]
mod send;

use std::{error::Error, fmt, future::Future};

#[cfg(feature = "idempotency")]
pub(crate) use self::calls::traced;

use crate::{error::BoxError, message::Record, settings::Settings};

tokio::task_local! {
    /// The X-Ray header of the invocation that the task serves.
    ///
    /// The SDK reads it from the environment, which has it only while a process serves
    /// one invocation at a time.
    pub(crate) static TRACE_HEADER: Option<String>;
}

/// A worker's calls to SQS.
#[diagnostic::on_unimplemented(
    message = "`on_permanent = \"dlq\"` and `queue_backoff` need the feature `sqs-client` of the crate `redrive` [sqs_client_feature]",
    note = "remove `default-features = false` from the dependency on `redrive`, or add `features = [\"sqs-client\"]`"
)]
pub trait SqsAccess: Sized + Send + Sync + 'static {
    /// Reads from the environment what the settings need.
    ///
    /// # Errors
    ///
    /// Names every variable that is missing.
    fn from_env(settings: &Settings) -> Result<Self, BoxError>;

    /// The DLQ's URL, for the log.
    fn dlq_url(&self) -> &str {
        ""
    }

    /// Sends a record to the DLQ with the reason. The error is `Unreachable` if SQS
    /// did not answer.
    fn send_to_dlq(
        &self,
        record: Record<'_>,
        reason: &str,
    ) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Sets until when each of these messages stays invisible.
    fn delay(&self, messages: Vec<Delay>) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// SQS did not answer, so that it is not known whether it got the call.
#[derive(Debug)]
pub(crate) struct Unreachable(pub(crate) BoxError);

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SQS cannot be reached")
    }
}

impl Error for Unreachable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}

/// A message and how long it is to stay invisible from now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    /// What SQS knows this receive of the message by.
    pub receipt_handle: String,
    /// From 0 to 43200.
    pub seconds: u32,
}

/// The worker never calls SQS.
#[derive(Debug)]
pub struct NoSqs;

impl SqsAccess for NoSqs {
    fn from_env(_settings: &Settings) -> Result<Self, BoxError> {
        Ok(Self)
    }

    async fn send_to_dlq(&self, _record: Record<'_>, _reason: &str) -> Result<(), BoxError> {
        Err("this function has no access to SQS".into())
    }

    async fn delay(&self, _messages: Vec<Delay>) -> Result<(), BoxError> {
        Ok(())
    }
}

/// The worker sends to the DLQ or sets how long messages stay invisible.
#[derive(Debug)]
pub struct Sqs {
    #[cfg(feature = "sqs-client")]
    calls: calls::Calls,
}
