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

use std::{fmt, future::Future};

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
    message = "`on_permanent` and `queue_backoff` need the feature `sqs-client` of the crate `redrive` [sqs_client_feature]",
    note = "remove `default-features = false` from the dependency on `redrive`, or add `features = [\"sqs-client\"]`"
)]
pub trait SqsAccess: Sized + Send + Sync + 'static {
    /// Reads from the environment what the settings need.
    ///
    /// # Errors
    ///
    /// Names every variable that is missing.
    fn from_env(settings: &Settings) -> Result<Self, BoxError>;

    /// The queue's URL, for the log.
    fn url(&self, _to: Destination) -> &str {
        ""
    }

    /// Sends records that fit in one call. The result of each, in their order; its error
    /// is `Unreachable` if SQS did not answer.
    fn send(
        &self,
        to: Destination,
        records: &[Outgoing<'_>],
    ) -> impl Future<Output = Vec<Result<(), BoxError>>> + Send;

    /// Sets until when each of these messages stays invisible.
    fn delay(&self, messages: Vec<Delay>) -> impl Future<Output = Result<(), BoxError>> + Send;
}

/// Where the worker sends records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The DLQ, from where a message can be redriven.
    Dlq,
    /// The parking queue, where it waits for a person.
    Parking,
}

impl Destination {
    /// Its word in the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dlq => "dlq",
            Self::Parking => "parking",
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dlq => "DLQ",
            Self::Parking => "parking queue",
        })
    }
}

/// A record that is sent on, with what is added to it.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'r> {
    /// It is sent unchanged.
    pub record: Record<'r>,
    /// Why it is sent on.
    pub reason: &'r str,
    /// The number of the redrive that it waits for; `None`: the worker does not count.
    pub round: Option<u32>,
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

    async fn send(&self, _to: Destination, records: &[Outgoing<'_>]) -> Vec<Result<(), BoxError>> {
        let refused = || Err("this function has no access to SQS".into());
        records.iter().map(|_| refused()).collect()
    }

    async fn delay(&self, _messages: Vec<Delay>) -> Result<(), BoxError> {
        Ok(())
    }
}

/// The worker of a function with a redrive, which counts rounds. Without the feature
/// `sqs-client` it is the redrive function that does not compile.
#[cfg(feature = "sqs-client")]
pub type RedriveSqs = Sqs;
/// See above.
#[cfg(not(feature = "sqs-client"))]
pub type RedriveSqs = NoSqs;

/// The worker sends records on or sets how long messages stay invisible.
#[derive(Debug)]
pub struct Sqs {
    #[cfg(feature = "sqs-client")]
    calls: calls::Calls,
}
