//! Errors that an invocation ends with.

use std::{borrow::Cow, fmt};

use crate::error::truncate;

/// The longest text of what came in or was said by others, in bytes: an event is
/// up to 6 MB, and so could be a single key of it.
const LONGEST_QUOTE: usize = 1_000;

/// Why an invocation ends with an error, after which SQS delivers the whole
/// batch again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvocationError {
    kind: Cow<'static, str>,
    message: String,
}

impl InvocationError {
    /// The event is not a batch of SQS records; `what` came.
    pub(crate) fn malformed_event(mut what: String) -> Self {
        truncate(&mut what, LONGEST_QUOTE);
        Self {
            kind: "MalformedEvent".into(),
            message: format!(
                "this function takes events of an SQS event source mapping, but got: {what}"
            ),
        }
    }

    /// What the function of this kind says.
    #[cfg(feature = "sqs-client")]
    pub(crate) fn new(kind: String, message: String) -> Self {
        Self {
            kind: kind.into(),
            message,
        }
    }

    /// A panic that was no record's.
    pub(crate) fn panicked(said: &str) -> Self {
        let mut said = said.to_owned();
        truncate(&mut said, LONGEST_QUOTE);
        Self {
            kind: "Panic".into(),
            message: format!("panicked: {said}"),
        }
    }

    /// The error's type, in Lambda's word.
    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }

    /// Every record failed.
    pub(crate) fn batch_failed(message: String) -> Self {
        Self {
            kind: "BatchFailed".into(),
            message,
        }
    }
}

impl fmt::Display for InvocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvocationError {}
