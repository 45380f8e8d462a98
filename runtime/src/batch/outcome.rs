//! What became of each record.

use std::time::SystemTime;

use crate::{failure::Failure, sqs::Destination};

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The function succeeded.
    Done,
    /// It failed like this, and was sent to the DLQ or to the parking queue.
    SentOn(Destination, Box<Outcome>),
    /// Its last attempt failed.
    Failed(Box<Failure>),
    /// The time was up before the first attempt, or in an attempt or a wait.
    OutOfTime {
        /// Why the attempt before failed, if there was one.
        last: Option<Box<Failure>>,
    },
    /// It was not run, because a message with its idempotency key was completed.
    Duplicate {
        /// Whether that message had the same body.
        same_body: bool,
    },
    /// It was not run, because another run has claimed its idempotency key.
    InProgress {
        /// When the claim's lease ends.
        until: SystemTime,
    },
    /// A record before it in its message group, or in the batch, failed.
    NotRun,
}

impl Outcome {
    /// Whether SQS is to delete the message.
    pub(crate) fn is_completed(&self) -> bool {
        matches!(self, Self::Done | Self::SentOn(..) | Self::Duplicate { .. })
    }

    /// Whether it waits for another record, or for that of another run, without a failure
    /// of its own.
    pub(crate) fn waits(&self) -> bool {
        matches!(self, Self::InProgress { .. } | Self::NotRun)
    }
}

/// A record's outcome, and what it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) outcome: Outcome,
    /// Attempts that were started.
    pub(crate) attempts: u32,
}

impl Slot {
    /// Before anything was done, which is what remains if the time is up.
    pub(crate) const UNTOUCHED: Self = Self {
        outcome: Outcome::OutOfTime { last: None },
        attempts: 0,
    };
}
