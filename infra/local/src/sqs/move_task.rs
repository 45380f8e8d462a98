//! Message move tasks (`StartMessageMoveTask`): a DLQ's messages, back to where
//! they came from.

use std::time::Duration;

use jiff::Timestamp;
use redrive_model::limits::MOVED_PER_SECOND;

use crate::clock::add;

/// Messages a second when the caller sets no rate: SQS's limit for those who
/// do.
const FASTEST: u32 = *MOVED_PER_SECOND.end();

/// A task moves as many messages at once as its rate allows for this time. It
/// lets that time pass before the first, too: so the caller has its answer
/// before anything moves, and a simulation with the same seed goes the same way.
const STEP: Duration = Duration::from_secs(1);

/// A move task.
#[derive(Clone, Debug)]
pub struct MoveTask {
    /// `TaskHandle`.
    pub handle: String,
    /// The DLQ's name.
    pub source: String,
    /// The destination's name; `None`: each message's source queue.
    pub destination: Option<String>,
    /// `MaxNumberOfMessagesPerSecond`.
    pub rate: Option<u32>,
    /// `StartedTimestamp`.
    pub started_at: Timestamp,
    /// `Status`.
    pub status: MoveStatus,
    /// `ApproximateNumberOfMessagesMoved`.
    pub moved: usize,
    /// `ApproximateNumberOfMessagesToMove`: what the DLQ held at the start.
    pub to_move: usize,
    /// When the next messages move.
    pub(crate) next_at: Timestamp,
}

/// How a move task stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveStatus {
    /// `RUNNING`.
    Running,
    /// `COMPLETED`.
    Completed,
    /// `CANCELLED`; what was moved stays moved.
    Cancelled,
    /// `FAILED`, and `FailureReason`.
    Failed(String),
}

impl MoveStatus {
    /// SQS's word for it.
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
    /// Whether it still moves messages.
    pub fn is_running(&self) -> bool {
        self.status == MoveStatus::Running
    }

    /// Plans the next step after `at`.
    pub(crate) fn wait(&mut self, at: Timestamp) {
        self.next_at = add(at, STEP);
    }

    /// Messages in one step.
    pub(crate) fn step(&self) -> u32 {
        self.rate.unwrap_or(FASTEST)
    }
}
