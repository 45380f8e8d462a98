//! Errors that an invocation ends with.

use std::{borrow::Cow, fmt};

use crate::error::truncate;

/// The longest text that is quoted, in bytes: an event has up to 6 MB, and so could a
/// single key of it.
const LONGEST_QUOTE: usize = 1_000;

/// Why an invocation ends with an error, after which SQS delivers the whole
/// batch again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvocationError {
    kind: Cow<'static, str>,
    message: String,
}

impl InvocationError {
    pub(crate) fn new(kind: impl Into<Cow<'static, str>>, message: String) -> Self {
        Self {
            kind: kind.into(),
            message,
        }
    }

    /// The event is not a batch of SQS records; `what` was received.
    pub(crate) fn malformed_event(mut what: String) -> Self {
        truncate(&mut what, LONGEST_QUOTE);
        let expected = "this function takes events of an SQS event source mapping";
        Self::new("MalformedEvent", format!("{expected}, but got: {what}"))
    }

    /// A panic outside of all records.
    pub(crate) fn panicked(mut message: String) -> Self {
        truncate(&mut message, LONGEST_QUOTE);
        Self::new("Panic", format!("panicked: {message}"))
    }

    /// The error's type, as Lambda calls it.
    pub(crate) fn kind(&self) -> &str {
        &self.kind
    }
}

impl fmt::Display for InvocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvocationError {}
