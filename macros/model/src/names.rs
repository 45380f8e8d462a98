//! Names that two programs agree on: environment variables, handlers, message
//! attributes.

/// The prefix of the environment variables that the template sets.
pub const RESERVED_PREFIX: &str = "REDRIVE_";

/// The source queue's URL, for a worker with `queue_backoff`, and for a redrive function
/// that compares a queue that exists.
pub const QUEUE_URL: &str = "REDRIVE_QUEUE_URL";

/// The DLQ's URL.
pub const DLQ_URL: &str = "REDRIVE_DLQ_URL";

/// The parking queue's URL, for a worker that sends to it.
pub const PARKING_URL: &str = "REDRIVE_PARKING_URL";

/// The DLQ's ARN, for the redrive function.
pub const DLQ_ARN: &str = "REDRIVE_DLQ_ARN";

/// The source queue's ARN, for the redrive function.
pub const SOURCE_ARN: &str = "REDRIVE_SOURCE_ARN";

/// Messages that a redrive moves in a second.
pub const MAX_PER_SECOND: &str = "REDRIVE_RATE";

/// The table of `idempotent`: its name or its ARN.
pub const TABLE: &str = "REDRIVE_TABLE";

/// What the keys declare of queues that exist, for the redrive function; see
/// [`declared`](crate::declared).
pub const DECLARED: &str = "REDRIVE_DECLARED";

/// The functions that the build script found, for the macro; see
/// [`export`](crate::export).
pub const FUNCTIONS: &str = "REDRIVE_FUNCTIONS";

/// The digest of the manifest that the build script wrote, with
/// [`MANIFEST_MARKER`], for the macro.
pub const MANIFEST: &str = "REDRIVE_MANIFEST";

/// The text before the manifest's digest in a binary, by which
/// `cargo redrive package` finds it.
pub const MANIFEST_MARKER: &str = "redrive-manifest=";

/// After a function's name, the handler of its redrive function.
pub const REDRIVE_HANDLER_SUFFIX: &str = ".redrive";

/// The handler (`_HANDLER`) of the function's redrive function.
pub fn redrive_handler(function: &str) -> String {
    format!("{function}{REDRIVE_HANDLER_SUFFIX}")
}

/// The message attribute with the number of the redrive that the message waits for, from
/// 1: as often as it was sent to the DLQ by a worker that counts.
pub const ROUND: &str = "RedriveRound";

/// The message attribute with the reason why the worker sent the message on.
pub const REASON: &str = "RedriveReason";

/// The message attribute with the id that the message had in the source queue.
pub const SOURCE_MESSAGE_ID: &str = "RedriveSourceMessageId";

/// The attributes that the worker adds, those first that must not be missing.
pub const ADDED_ATTRIBUTES: [&str; 3] = [ROUND, REASON, SOURCE_MESSAGE_ID];

/// Environment variables that Lambda sets itself and rejects in a function's
/// configuration:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>.
pub const SET_BY_LAMBDA: [&str; 18] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];
