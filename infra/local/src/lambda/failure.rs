//! How an invocation fails.

use std::fmt;
use std::process::ExitStatus;
use std::time::Duration;

use serde_json::Value;

/// Why an invocation has no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The process could not be started.
    Spawn(String),
    /// It reported an error, or took too long, before it asked for its first
    /// event.
    Init(String),
    /// It ended before it asked for its first event.
    ExitInInit(String),
    /// The function returned an error.
    Error {
        /// `errorType`.
        kind: String,
        /// `errorMessage`.
        message: String,
    },
    /// The function took longer than its timeout.
    Timeout(Duration),
    /// The process ended while it worked.
    Exit(String),
}

impl Failure {
    /// What the function told the Runtime API.
    pub(crate) fn reported(body: &[u8]) -> Self {
        let report: Value = serde_json::from_slice(body).unwrap_or_default();
        let field = |name: &str| report[name].as_str().unwrap_or_default().to_owned();
        Self::Error {
            kind: field("errorType"),
            message: field("errorMessage"),
        }
    }

    /// The process's end during an invocation.
    pub(crate) fn exit(status: std::io::Result<ExitStatus>) -> Self {
        Self::Exit(describe_exit(status))
    }

    /// The process's end before its first event.
    pub(crate) fn exit_in_init(status: std::io::Result<ExitStatus>) -> Self {
        Self::ExitInInit(describe_exit(status))
    }

    /// What the function told the Runtime API before its first event.
    pub(crate) fn reported_in_init(body: &[u8]) -> Self {
        match Self::reported(body) {
            Self::Error { message, .. } => Self::Init(message),
            other => other,
        }
    }
}

fn describe_exit(status: std::io::Result<ExitStatus>) -> String {
    match status {
        Ok(status) => format!("the process ended with {status}"),
        Err(error) => format!("the process was lost: {error}"),
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spawn(reason) => write!(f, "cannot start the function: {reason}"),
            Self::Init(reason) | Self::ExitInInit(reason) => write!(f, "init failed: {reason}"),
            Self::Error { kind, message } if message.is_empty() => write!(f, "{kind}"),
            Self::Error { message, .. } => write!(f, "{message}"),
            Self::Timeout(limit) => {
                write!(f, "task timed out after {} seconds", limit.as_secs_f32())
            }
            Self::Exit(reason) => write!(f, "crashed: {reason}"),
        }
    }
}

impl std::error::Error for Failure {}
