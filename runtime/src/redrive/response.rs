//! The answer of the redrive function, and its log lines.

use std::fmt;

use aws_sdk_sqs::types::ListMessageMoveTasksResultEntry;
use redrive_model::log::{TARGET, event};
use serde::Serialize;

/// The function's response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct RedriveResponse {
    pub(super) outcome: &'static str,
    /// Cancels the task (`CancelMessageMoveTask`).
    pub(super) task_handle: Option<String>,
    /// Visible messages in the dead-letter queue before the task, approximately;
    /// `None` if SQS did not answer.
    pub(super) messages_waiting: Option<u64>,
    /// The task before this redrive.
    pub(super) last_task: Option<MoveTask>,
    /// The task of this redrive, or the one that was already running; `None` if its
    /// state is not known.
    pub(super) task: Option<MoveTask>,
}

/// What a redrive did. Either way the messages move to the source queue.
pub(super) const STARTED: &str = "started";
pub(super) const ALREADY_RUNNING: &str = "already_running";

/// The state of a move task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct MoveTask {
    /// As AWS calls it: `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    pub(super) status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure_reason: Option<String>,
    /// When it was started, in milliseconds since 1970.
    pub(super) started_timestamp: i64,
    /// Messages moved, approximately.
    pub(super) moved: i64,
    /// Messages to move, approximately; SQS counts them when it begins to move.
    pub(super) to_move: Option<i64>,
}

impl MoveTask {
    /// Whether messages that it should have moved are still in the DLQ.
    pub(super) fn has_failed(&self) -> bool {
        matches!(self.status.as_str(), "FAILED" | "CANCELLED")
    }

    pub(super) fn is_cancelled(&self) -> bool {
        self.status == "CANCELLED"
    }

    /// Logs that it did not complete. AWS reports that nowhere else: a task fails after
    /// the call that started it has succeeded.
    pub(super) fn log_failure(&self) {
        tracing::error!(
            target: TARGET,
            event = event::MOVE_TASK_FAILED,
            status = self.status,
            failureReason = self.failure_reason.as_deref(),
            startedTimestamp = self.started_timestamp,
            moved = self.moved,
            toMove = self.to_move,
            "a move task of the dead-letter queue {self}"
        );
    }
}

impl fmt::Display for MoveTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status.as_str() {
            "CANCELLED" => f.write_str("was cancelled")?,
            _ => f.write_str("failed")?,
        }
        write!(f, " after {} ", self.moved)?;
        if let Some(to_move) = self.to_move {
            write!(f, "of {to_move} ")?;
        }
        f.write_str("messages")?;
        match &self.failure_reason {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}

impl From<&ListMessageMoveTasksResultEntry> for MoveTask {
    fn from(entry: &ListMessageMoveTasksResultEntry) -> Self {
        MoveTask {
            status: entry.status().unwrap_or_default().to_owned(),
            failure_reason: entry.failure_reason().map(str::to_owned),
            started_timestamp: entry.started_timestamp(),
            moved: entry.approximate_number_of_messages_moved(),
            to_move: entry.approximate_number_of_messages_to_move(),
        }
    }
}

impl RedriveResponse {
    /// One line with the same content.
    pub(super) fn log(&self) {
        let task = self.task.as_ref();
        tracing::info!(
            target: TARGET,
            event = event::REDRIVE_STARTED,
            outcome = self.outcome,
            taskHandle = self.task_handle.as_deref(),
            messagesWaiting = self.messages_waiting,
            status = task.map(|task| task.status.as_str()),
            moved = task.map(|task| task.moved),
            toMove = task.and_then(|task| task.to_move),
            "redrive"
        );
    }
}
