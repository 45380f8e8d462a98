//! The errors of SQS calls, with AWS's texts where they are known.

use thiserror::Error;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the texts describe them")]
pub enum SqsError {
    #[error("{0}")]
    InvalidParameter(String),
    #[error("The request must contain the parameter {0}.")]
    MissingParameter(&'static str),
    #[error("The specified queue does not exist.")]
    NoQueue,
    #[error("{0}")]
    NoResource(String),
    #[error("The input receipt handle \"{0}\" is not a valid receipt handle.")]
    InvalidReceiptHandle(String),
    #[error("The message referred to isn't in flight.")]
    NotInFlight,
    #[error(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF \
         | #xE000 to #xFFFD | #x10000 to #x10FFFF"
    )]
    InvalidContents,
    #[error("Unknown Attribute {0}.")]
    UnknownAttribute(String),
    #[error("{0}")]
    Unsupported(&'static str),
    #[error("There should be at least one entry in the request.")]
    EmptyBatch,
    #[error("Maximum number of entries per request are 10. You have sent {0}.")]
    TooManyEntries(usize),
    #[error("Batch requests cannot be longer than {limit} bytes. You have sent {sent} bytes.")]
    BatchTooLong { limit: usize, sent: usize },
    #[error("Id {0} repeated.")]
    RepeatedId(String),
    #[error("the local SQS does not support the action {0}")]
    UnknownAction(String),
    #[error("{0}")]
    Malformed(String),
}

impl SqsError {
    /// The error's shape in the service model, which is its name in the JSON
    /// protocol, and its code in the query protocol, which SDKs report.
    pub fn shape_and_code(&self) -> (&'static str, &'static str) {
        match self {
            Self::InvalidParameter(_) => {
                ("InvalidParameterValueException", "InvalidParameterValue")
            }
            Self::MissingParameter(_) => ("MissingRequiredParameterException", "MissingParameter"),
            Self::NoQueue => (
                "QueueDoesNotExist",
                "AWS.SimpleQueueService.NonExistentQueue",
            ),
            Self::NoResource(_) => ("ResourceNotFoundException", "ResourceNotFoundException"),
            Self::InvalidReceiptHandle(_) => ("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
            Self::NotInFlight => (
                "MessageNotInflight",
                "AWS.SimpleQueueService.MessageNotInflight",
            ),
            Self::InvalidContents => ("InvalidMessageContents", "InvalidMessageContents"),
            Self::UnknownAttribute(_) => ("InvalidAttributeName", "InvalidAttributeName"),
            Self::Unsupported(_) => (
                "UnsupportedOperation",
                "AWS.SimpleQueueService.UnsupportedOperation",
            ),
            Self::EmptyBatch => (
                "EmptyBatchRequest",
                "AWS.SimpleQueueService.EmptyBatchRequest",
            ),
            Self::TooManyEntries(_) => (
                "TooManyEntriesInBatchRequest",
                "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
            ),
            Self::BatchTooLong { .. } => (
                "BatchRequestTooLong",
                "AWS.SimpleQueueService.BatchRequestTooLong",
            ),
            Self::RepeatedId(_) => (
                "BatchEntryIdsNotDistinct",
                "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
            ),
            Self::UnknownAction(_) => ("InvalidAction", "InvalidAction"),
            Self::Malformed(_) => ("SerializationException", "MalformedInput"),
        }
    }

    pub(crate) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::InvalidParameter(message.into())
    }
}
