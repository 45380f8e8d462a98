//! How an invocation fails.

use std::process::ExitStatus;
use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

/// Why an invocation has no response.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Failure {
    /// The process could not be started.
    #[error("cannot start the function: {0}")]
    Spawn(String),
    /// It reported an error, or took too long, before it asked for its first
    /// event.
    #[error("init failed: {0}")]
    Init(String),
    /// It ended before it asked for its first event.
    #[error("init failed: {0}")]
    ExitInInit(String),
    /// The function returned an error: its `errorMessage`, or else its
    /// `errorType`.
    #[error("{0}")]
    Error(String),
    /// The function took longer than its timeout.
    #[error("task timed out after {} s", .0.as_secs_f32())]
    Timeout(Duration),
    /// The process ended during an invocation.
    #[error("crashed: {0}")]
    Exit(String),
}

/// The error in a report to the Runtime API.
pub(crate) fn message(body: &[u8]) -> String {
    let report: Value = serde_json::from_slice(body).unwrap_or_default();
    let field = |name: &str| report[name].as_str().filter(|text| !text.is_empty());
    let message = field("errorMessage").or_else(|| field("errorType"));
    message.unwrap_or_default().to_owned()
}

/// The end of the process.
pub(crate) fn exit(status: std::io::Result<ExitStatus>) -> String {
    match status {
        Ok(status) => format!("the process ended with {status}"),
        Err(error) => format!("the process was lost: {error}"),
    }
}
