//! What the attribute says about the worker, as a constant of the handler.

use std::time::Duration;

/// The worker's part of an `#[sqs_batch(…)]` attribute, checked by the macro.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The function's name: what `_HANDLER` says.
    pub function: &'static str,
    /// The Lambda function's timeout, for when the invocation tells no deadline.
    pub timeout_seconds: u32,
    /// Attempts of a record after the first.
    pub retries: u32,
    /// The longest first wait between attempts.
    pub backoff_min_ms: u64,
    /// The longest wait between attempts.
    pub backoff_max_ms: u64,
    /// Records handled at once; at least 1.
    pub concurrency: u32,
    /// The longest one attempt may take.
    pub attempt_timeout_ms: Option<u64>,
    /// What the invocation answers when every record failed.
    pub on_total_failure: OnTotalFailure,
    /// What a failure in a FIFO batch means for the records behind it.
    pub on_group_failure: OnGroupFailure,
    /// Where a record goes that can never succeed.
    pub on_permanent: OnPermanent,
    /// Invisibility of a failed record: seconds after its first receive, and at
    /// most.
    pub queue_backoff_seconds: Option<(u32, u32)>,
    /// Whether each invocation writes a line of metrics.
    pub metrics: bool,
}

impl Settings {
    pub(crate) const fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds as u64)
    }

    pub(crate) const fn attempt_timeout(&self) -> Option<Duration> {
        match self.attempt_timeout_ms {
            Some(ms) => Some(Duration::from_millis(ms)),
            None => None,
        }
    }
}

/// What an invocation answers when every record failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnTotalFailure {
    /// An error that lists them, so that the function's `Errors` metric shows it.
    Error,
    /// The list of all ids.
    Report,
}

/// What a failure in a FIFO batch means for the records behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnGroupFailure {
    /// The rest of its message group is not run; other groups go on.
    SkipGroup,
    /// No further record of the batch is run.
    StopBatch,
}

/// Where a record goes that can never succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnPermanent {
    /// It is reported as failed, and SQS counts the receive.
    Report,
    /// It is sent to the DLQ at once.
    Dlq,
}
