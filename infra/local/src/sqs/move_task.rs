//! A message move task (`StartMessageMoveTask`), which moves the messages of a
//! DLQ.

use std::time::Duration;

use jiff::Timestamp;
use redrive_model::limits::MOVED_PER_SECOND;

use crate::clock::add;

/// A task moves the messages of this time at once. It also waits this long before
/// the first ones, so that its caller has the answer before anything moves, and
/// the order of events does not depend on the speed of the machine.
const STEP: Duration = Duration::from_secs(1);

/// A move task.
#[derive(Clone, Debug)]
pub struct MoveTask {
    /// `TaskHandle`.
    pub handle: String,
    /// The DLQ's name.
    pub source: String,
    /// The destination's name; `None`: the source queue of each message.
    pub destination: Option<String>,
    /// `MaxNumberOfMessagesPerSecond`.
    pub rate: Option<u32>,
    /// `StartedTimestamp`.
    pub started_at: Timestamp,
    /// `Status`.
    pub status: MoveStatus,
    /// `ApproximateNumberOfMessagesMoved`.
    pub moved: usize,
    /// `ApproximateNumberOfMessagesToMove`: the number in the DLQ at the start.
    pub to_move: usize,
    /// When the next messages move.
    pub(crate) next_at: Timestamp,
}

/// The state of a move task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveStatus {
    /// `RUNNING`.
    Running,
    /// `COMPLETED`.
    Completed,
    /// `CANCELLED`; messages that were moved before stay moved.
    Cancelled,
    /// `FAILED`, and `FailureReason`.
    Failed(String),
}

impl MoveStatus {
    /// SQS's name of the state.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Failed(_) => "FAILED",
        }
    }
}

impl MoveTask {
    /// Whether it has not ended.
    pub fn is_running(&self) -> bool {
        self.status == MoveStatus::Running
    }

    /// Schedules the next step after `at`.
    pub(crate) fn wait(&mut self, at: Timestamp) {
        self.next_at = add(at, STEP);
    }

    /// The number of messages per step.
    pub(crate) fn step(&self) -> u32 {
        self.rate.unwrap_or(*MOVED_PER_SECOND.end())
    }
}
