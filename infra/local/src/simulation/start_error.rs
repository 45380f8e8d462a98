//! Why a simulation cannot start.

use redrive_infra::parameters::Unknown;
use thiserror::Error;

use crate::sns::SnsError;
use crate::sqs::SqsError;

/// Why a simulation cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// No port of the loopback address can be bound.
    #[error("cannot listen on the loopback address: {0}")]
    Bind(#[source] std::io::Error),
    /// The stack has no functions.
    #[error(
        "the package `{package}` has no functions in this build\n\
         help: add `#[sqs_batch]` to a function, or enable its feature"
    )]
    NoFunctions {
        /// The package.
        package: String,
    },
    /// Values are given for names that the package does not have.
    #[error("{}", lines(.0))]
    Unknown(Vec<Unknown>),
    /// Values that a deployment gives are missing.
    #[error(
        "the package needs values that are known at deployment only\nhelp: pass `{}`, or write \
         them in redrive.local.toml",
        .0.join(" ")
    )]
    Missing(Vec<String>),
    /// The options do not contain the path of a binary.
    #[error("there is no binary `{name}`\nhelp: build it first")]
    NoBinary {
        /// The binary.
        name: String,
    },
    /// A function's time zone does not exist.
    #[error("the time zone `{name}` does not exist")]
    TimeZone {
        /// The time zone.
        name: String,
    },
    /// A function's filter policy cannot be read.
    #[error("the `filter_policy` of `{function}` cannot be read: {problem}")]
    FilterPolicy {
        /// The function.
        function: String,
        /// Why.
        problem: String,
    },
    /// Some messages cannot be sent.
    #[error("{}", lines(.0))]
    Messages(Vec<MessageError>),
}

/// Why a message cannot be sent.
#[derive(Debug, Error)]
pub enum MessageError {
    /// Its queue is not known.
    #[error(
        "{message} {}\nhelp: write `\"queue\"` with one of: {}",
        match .specified {
            Some(queue) => format!("is for the queue `{queue}`, which this package does not have"),
            None => "does not specify its queue".to_owned(),
        },
        .queues.join(", ")
    )]
    WhichQueue {
        /// The message.
        message: String,
        /// The queue that it specifies.
        specified: Option<String>,
        /// The queues of the stack.
        queues: Vec<String>,
    },
    /// Its topic is not known.
    #[error(
        "{message} is for the topic `{specified}`, which is not one of `topics` of this package{}",
        match .topics.as_slice() {
            [] => String::new(),
            topics => format!("\nhelp: write `\"topic\"` with one of: {}", topics.join(", ")),
        },
    )]
    WhichTopic {
        /// The message.
        message: String,
        /// The topic that it specifies.
        specified: String,
        /// The topics of the stack.
        topics: Vec<String>,
    },
    /// SNS rejects it.
    #[error(
        "the topic {topic} rejects {message}: {reason}{}",
        help_with_topic(reason)
    )]
    NotPublished {
        /// The message.
        message: String,
        /// Its topic.
        topic: String,
        /// Why.
        reason: SnsError,
    },
    /// SQS rejects it.
    #[error("the queue {queue} rejects {message}: {reason}{}", help(reason))]
    Rejected {
        /// The message.
        message: String,
        /// Its queue.
        queue: String,
        /// Why.
        reason: SqsError,
    },
}

fn lines(errors: &[impl ToString]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// How to fix the message file, where SNS's text does not explain it.
fn help_with_topic(reason: &SnsError) -> &'static str {
    match reason {
        SnsError::InvalidParameter(problem) if problem.contains("MessageGroupId") => {
            "\nhelp: add `\"group\"` to the message"
        }
        SnsError::InvalidParameter(problem) if problem.contains("MessageDeduplicationId") => {
            "\nhelp: remove `\"deduplication\"`, which only FIFO topics support"
        }
        _ => "",
    }
}

/// How to fix the message file, where SQS's text does not explain it.
fn help(reason: &SqsError) -> &'static str {
    match reason {
        SqsError::MissingParameter("MessageGroupId") => "\nhelp: add `\"group\"` to the message",
        SqsError::MissingParameter("MessageBody") => "\nhelp: write a body that is not empty",
        SqsError::FifoDelay(_) => {
            "\nhelp: remove `\"delay\"`; a FIFO queue has one delay for all its messages"
        }
        SqsError::StandardDeduplication => {
            "\nhelp: remove `\"deduplication\"`, which only FIFO queues support"
        }
        _ => "",
    }
}
