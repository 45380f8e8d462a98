//! The lines that the worker and the redrive function log: the names of their
//! events and fields, by which programs read them. Their messages are for people.

/// The target of redrive's own lines.
pub const TARGET: &str = "redrive";

/// What a line is about: the values of [`field::EVENT`].
pub mod event {
    /// An invocation is over; its figures are [`field::RECORDS`](super::field::RECORDS)
    /// and those after it.
    pub const BATCH_HANDLED: &str = "batch_handled";
    /// The process starts; [`field::MANIFEST`](super::field::MANIFEST) is that of its
    /// build.
    pub const STARTED: &str = "started";
    /// An attempt at a record failed, and another follows.
    pub const ATTEMPT_FAILED: &str = "attempt_failed";
    /// The last attempt at a record failed.
    pub const RECORD_FAILED: &str = "record_failed";
    /// A record was begun and not completed before the deadline.
    pub const RECORD_OUT_OF_TIME: &str = "record_out_of_time";
    /// An attempt blocks its thread, and the invocation answered without it.
    pub const ATTEMPT_ABANDONED: &str = "attempt_abandoned";
    /// Such an attempt has ended.
    pub const ABANDONED_ATTEMPT_ENDED: &str = "abandoned_attempt_ended";
    /// A record was sent to the DLQ or to the parking queue; see [`field::TO`](super::field::TO).
    pub const RECORD_SENT_ON: &str = "record_sent_on";
    /// A record could not be sent to the DLQ or to the parking queue.
    pub const RECORD_NOT_SENT_ON: &str = "record_not_sent_on";
    /// A record was received more often than SQS should allow, so its round cannot be told.
    pub const RECEIVED_TOO_OFTEN: &str = "received_too_often";
    /// A record has no room for the number of its round, so it is parked.
    pub const NO_ROOM_FOR_ROUND: &str = "no_room_for_round";
    /// `queue_backoff` could not be set for all failed records.
    pub const QUEUE_BACKOFF_FAILED: &str = "queue_backoff_failed";
    /// A record was completed without being processed: its idempotency key was
    /// completed before.
    pub const DUPLICATE_COMPLETED: &str = "duplicate_completed";
    /// A record was not processed, because another one with its idempotency key is.
    pub const DUPLICATE_IN_PROGRESS: &str = "duplicate_in_progress";
    /// The store of `idempotent` did not answer, or rejected a call.
    pub const STORE_FAILED: &str = "store_failed";
    /// A record was processed, but another run had claimed its idempotency key meanwhile.
    pub const CLAIM_LOST: &str = "claim_lost";
    /// S3's test event was completed without running the function.
    pub const S3_TEST_COMPLETED: &str = "s3_test_completed";
    /// A redrive started a move task, or one was running.
    pub const REDRIVE_STARTED: &str = "redrive_started";
    /// A move task of the DLQ failed or was cancelled.
    pub const MOVE_TASK_FAILED: &str = "move_task_failed";
    /// A queue that exists is not as the keys declare, or cannot be compared.
    pub const QUEUE_DIFFERS: &str = "queue_differs";
    /// An attempt begins; only at level `TRACE`, for it has the body.
    pub const ATTEMPT_STARTED: &str = "attempt_started";
    /// An invocation ended with an error.
    pub const INVOCATION_FAILED: &str = "invocation_failed";
    /// `flush` panicked or did not end in time.
    pub const FLUSH_FAILED: &str = "flush_failed";
    /// Lambda, or a local engine, does not report the end of the process.
    pub const NO_SHUTDOWN_SIGNAL: &str = "no_shutdown_signal";
    /// Code of the function panicked.
    pub const PANICKED: &str = "panicked";
    /// The process cannot continue.
    pub const FATAL: &str = "fatal";
}

/// The fields of a line.
pub mod field {
    /// What the line is about; see [`event`](super::event).
    pub const EVENT: &str = "event";
    /// When it was written.
    pub const TIMESTAMP: &str = "timestamp";
    /// `ERROR`, `WARN`, `INFO`, `DEBUG`, `TRACE` or `FATAL`.
    pub const LEVEL: &str = "level";
    /// For people.
    pub const MESSAGE: &str = "message";
    /// The module that wrote it, [`TARGET`](super::TARGET) for redrive's own.
    pub const TARGET: &str = "target";
    /// The record's id.
    pub const MESSAGE_ID: &str = "messageId";
    /// How often the record was received.
    pub const RECEIVE_COUNT: &str = "receiveCount";
    /// The record's message group.
    pub const MESSAGE_GROUP_ID: &str = "messageGroupId";
    /// The number of the attempt in this invocation, from 1.
    pub const ATTEMPT: &str = "attempt";
    /// The kind of a failure.
    pub const FAILURE: &str = "failure";
    /// Why something failed.
    pub const ERROR: &str = "error";
    /// Where a record was sent: `dlq` or `parking`.
    pub const TO: &str = "to";
    /// The number of the redrive that a record waits for.
    pub const ROUND: &str = "round";
    /// The record's body.
    pub const BODY: &str = "body";
    /// The digest of the build's manifest.
    pub const MANIFEST: &str = "manifest";
    /// Records of the invocation.
    pub const RECORDS: &str = "records";
    /// Of them, those that were completed.
    pub const SUCCEEDED: &str = "succeeded";
    /// Those that were not: reported, or sent on.
    pub const FAILED: &str = "failed";
    /// Of these, those that the worker sent to the DLQ.
    pub const SENT_TO_DLQ: &str = "sentToDlq";
    /// Those that the worker sent to the parking queue.
    pub const PARKED: &str = "parked";
    /// Those with more than one attempt.
    pub const RETRIED: &str = "retried";
    /// Those that can never succeed.
    pub const PERMANENT: &str = "permanent";
    /// Those that were not completed before the deadline, begun or not.
    pub const OUT_OF_TIME: &str = "outOfTime";
    /// Those that were not begun because another of their group or batch failed.
    pub const NOT_RUN: &str = "notRun";
    /// Those whose idempotency key was completed before.
    pub const DUPLICATES: &str = "duplicates";
}

/// The metrics that alarms and dashboards read.
pub mod metric {
    /// The namespace of all metrics.
    pub const NAMESPACE: &str = "redrive";
    /// The dimension with the Lambda function's name.
    pub const FUNCTION: &str = "function";
    /// The dimension with the source queue's name, of the metrics of an invocation.
    pub const QUEUE: &str = "queue";
    /// Records of an invocation that were completed.
    pub const SUCCEEDED: &str = "Succeeded";
    /// Those that were not: reported, or sent on.
    pub const FAILED: &str = "Failed";
    /// Of these, those that the worker sent to the DLQ.
    pub const SENT_TO_DLQ: &str = "SentToDlq";
    /// Those that the worker sent to the parking queue.
    pub const PARKED: &str = "Parked";
    /// Those with more than one attempt.
    pub const RETRIED: &str = "Retried";
    /// Those that can never succeed.
    pub const PERMANENT: &str = "Permanent";
    /// Those that were not completed before the deadline.
    pub const OUT_OF_TIME: &str = "OutOfTime";
    /// Milliseconds that the invocation took.
    pub const BATCH_LATENCY: &str = "BatchLatency";
    /// Move tasks of the DLQ that failed or were cancelled.
    pub const FAILED_MOVE_TASKS: &str = "FailedMoveTasks";
    /// Records that were completed without being processed, because their idempotency
    /// key was completed before.
    pub const DUPLICATES: &str = "Duplicates";
    /// Records with a completed idempotency key and another body.
    pub const KEY_CONFLICTS: &str = "KeyConflicts";
}
