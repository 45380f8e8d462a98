//! What an invocation of the redrive function answers and logs.

use aws_sdk_sqs::types::ListMessageMoveTasksResultEntry;
use serde::Serialize;

/// The function's response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct RedriveResponse {
    pub(super) outcome: RedriveOutcome,
    /// Cancels the task (`CancelMessageMoveTask`); SQS tells it only while the
    /// task runs.
    pub(super) task_handle: Option<String>,
    /// Visible messages in the dead-letter queue before the task, as far as SQS
    /// knows; `None`: it could not be asked.
    pub(super) messages_waiting: Option<u64>,
    /// The most recent task before this answer; for
    /// [`RedriveOutcome::AlreadyRunning`] the one that runs.
    pub(super) last_task: Option<LastTask>,
}

/// Both are good: messages are on their way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RedriveOutcome {
    Started,
    AlreadyRunning,
}

impl RedriveOutcome {
    fn as_str(self) -> &'static str {
        match self {
            RedriveOutcome::Started => "started",
            RedriveOutcome::AlreadyRunning => "already_running",
        }
    }
}

/// What became of an earlier move task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct LastTask {
    /// AWS's word: `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    pub(super) status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) failure_reason: Option<String>,
    /// Messages moved, approximately.
    pub(super) moved: i64,
    /// Messages there were to move, approximately; SQS counts them only when
    /// it begins to move.
    pub(super) to_move: Option<i64>,
}

impl LastTask {
    fn has_failed(&self) -> bool {
        self.status == "FAILED"
    }
}

impl From<&ListMessageMoveTasksResultEntry> for LastTask {
    fn from(entry: &ListMessageMoveTasksResultEntry) -> Self {
        LastTask {
            status: entry.status().unwrap_or_default().to_owned(),
            failure_reason: entry.failure_reason().map(str::to_owned),
            moved: entry.approximate_number_of_messages_moved(),
            to_move: entry.approximate_number_of_messages_to_move(),
        }
    }
}

impl RedriveResponse {
    /// One line with the same content; a warning if the last task failed, since
    /// no other part of AWS tells anybody.
    pub(super) fn log(&self) {
        let last = self.last_task.as_ref();
        let outcome = self.outcome.as_str();
        let task_handle = self.task_handle.as_deref();
        let messages_waiting = self.messages_waiting;
        let last_status = last.map(|task| task.status.as_str());
        let last_failure_reason = last.and_then(|task| task.failure_reason.as_deref());
        let last_moved = last.map(|task| task.moved);
        let last_to_move = last.and_then(|task| task.to_move);
        // The level of a tracing event is part of its static metadata.
        macro_rules! line {
            ($level:ident, $text:literal) => {
                tracing::$level!(
                    outcome,
                    task_handle,
                    messages_waiting,
                    last_status,
                    last_failure_reason,
                    last_moved,
                    last_to_move,
                    $text
                )
            };
        }
        if last.is_some_and(LastTask::has_failed) {
            line!(warn, "redrive; the last one failed");
        } else {
            line!(info, "redrive");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn is_json_in_the_words_of_aws() {
        let answer = RedriveResponse {
            outcome: RedriveOutcome::AlreadyRunning,
            task_handle: None,
            messages_waiting: Some(12),
            last_task: Some(LastTask {
                status: "FAILED".to_owned(),
                failure_reason: Some("AWS.SimpleQueueService.NonExistentQueue".to_owned()),
                moved: 3,
                to_move: Some(10),
            }),
        };

        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            json!({
                "outcome": "already_running",
                "task_handle": null,
                "messages_waiting": 12,
                "last_task": {
                    "status": "FAILED",
                    "failure_reason": "AWS.SimpleQueueService.NonExistentQueue",
                    "moved": 3,
                    "to_move": 10,
                },
            })
        );
    }
}
