//! The errors of SQS calls, with AWS's texts where they are known.

use std::fmt::Display;

use thiserror::Error;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the texts describe them")]
pub enum SqsError {
    #[error("{0}")]
    InvalidParameter(String),
    #[error(
        "Value {0} for parameter DelaySeconds is invalid. Reason: The request include parameter \
         that is not valid for this queue type."
    )]
    FifoDelay(u32),
    #[error("The request includes a parameter that is not valid for this queue type.")]
    StandardDeduplication,
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
    /// protocol.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::InvalidParameter(_) | Self::FifoDelay(_) | Self::StandardDeduplication => {
                "InvalidParameterValueException"
            }
            Self::MissingParameter(_) => "MissingRequiredParameterException",
            Self::NoQueue => "QueueDoesNotExist",
            Self::NoResource(_) => "ResourceNotFoundException",
            Self::InvalidReceiptHandle(_) => "ReceiptHandleIsInvalid",
            Self::NotInFlight => "MessageNotInflight",
            Self::InvalidContents => "InvalidMessageContents",
            Self::Unsupported(_) => "UnsupportedOperation",
            Self::EmptyBatch => "EmptyBatchRequest",
            Self::TooManyEntries(_) => "TooManyEntriesInBatchRequest",
            Self::BatchTooLong { .. } => "BatchRequestTooLong",
            Self::RepeatedId(_) => "BatchEntryIdsNotDistinct",
            Self::UnknownAction(_) => "InvalidAction",
            Self::Malformed(_) => "SerializationException",
        }
    }

    /// Its code in the query protocol, which SDKs report.
    pub fn code(&self) -> String {
        let shape = self.shape();
        match self {
            Self::InvalidParameter(_) | Self::FifoDelay(_) | Self::StandardDeduplication => {
                "InvalidParameterValue".to_owned()
            }
            Self::MissingParameter(_) => "MissingParameter".to_owned(),
            Self::Malformed(_) => "MalformedInput".to_owned(),
            Self::NoQueue => "AWS.SimpleQueueService.NonExistentQueue".to_owned(),
            Self::NotInFlight
            | Self::Unsupported(_)
            | Self::EmptyBatch
            | Self::TooManyEntries(_)
            | Self::BatchTooLong { .. }
            | Self::RepeatedId(_) => format!("AWS.SimpleQueueService.{shape}"),
            _ => shape.to_owned(),
        }
    }

    pub(crate) fn invalid_value(value: impl Display, parameter: &str, reason: &str) -> Self {
        Self::InvalidParameter(format!(
            "Value {value} for parameter {parameter} is invalid. Reason: {reason}"
        ))
    }

    pub(crate) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::InvalidParameter(message.into())
    }
}
