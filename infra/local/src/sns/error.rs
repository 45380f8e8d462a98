//! The errors of SNS calls, with AWS's texts where they are known.

use thiserror::Error;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the texts describe them")]
pub enum SnsError {
    #[error("Invalid parameter: {0}")]
    InvalidParameter(String),
    #[error("Topic does not exist")]
    NoTopic,
    #[error("The batch request doesn't contain any entries.")]
    EmptyBatch,
    #[error("The batch request contains more entries than permissible (more than 10).")]
    TooManyEntries,
    #[error("Two or more batch entries in the request have the same Id: {0}")]
    RepeatedId(String),
    #[error("the local SNS supports `Publish` and `PublishBatch`, not the action {0}")]
    UnknownAction(String),
}

impl SnsError {
    /// Its code, which SDKs report.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidParameter(_) => "InvalidParameter",
            Self::NoTopic => "NotFound",
            Self::EmptyBatch => "EmptyBatchRequest",
            Self::TooManyEntries => "TooManyEntriesInBatchRequest",
            Self::RepeatedId(_) => "BatchEntryIdsNotDistinct",
            Self::UnknownAction(_) => "InvalidAction",
        }
    }

    pub(crate) fn invalid(problem: impl Into<String>) -> Self {
        Self::InvalidParameter(problem.into())
    }
}
