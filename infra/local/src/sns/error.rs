//! The errors of SNS calls, with AWS's texts where they are known.

use thiserror::Error;

use crate::sqs::SqsError;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the texts describe them")]
pub enum SnsError {
    #[error("Invalid parameter: {0}")]
    InvalidParameter(String),
    #[error("Topic does not exist")]
    NoTopic,
    /// SNS checks the entries of a batch as SQS does.
    #[error(transparent)]
    Batch(#[from] SqsError),
    #[error("the local SNS supports `Publish` and `PublishBatch`, not the action {0}")]
    UnknownAction(String),
}

impl SnsError {
    /// Its code, which SDKs report.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidParameter(_) => "InvalidParameter",
            Self::NoTopic => "NotFound",
            Self::Batch(error) => error.shape(),
            Self::UnknownAction(_) => "InvalidAction",
        }
    }

    pub(crate) fn invalid(problem: impl Into<String>) -> Self {
        Self::InvalidParameter(problem.into())
    }
}
