//! What a simulation is made from, and why it cannot be.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;
use redrive_infra::stack::Stack;

use crate::until::Until;

/// What a simulation is made from.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The functions and their queues.
    pub stack: Stack,
    /// The path of each binary of the stack.
    pub binaries: BTreeMap<String, PathBuf>,
    /// The simulated time at the start.
    pub start: Timestamp,
    /// Whether time passes as it does outside: nothing is skipped.
    pub real_time: bool,
    /// When to end while messages keep failing.
    pub until: Until,
    /// Decides what is random in the simulation: ids, and the order in which
    /// standard queues deliver.
    pub seed: u64,
    /// Whether standard queues deliver some messages twice, as SQS may.
    pub duplicates: bool,
    /// Whether to tell what the functions log.
    pub logs: bool,
}

impl Settings {
    /// When simulated time starts by default: Monday, 5 January 2026, 09:00 UTC.
    pub const MONDAY_MORNING: Timestamp = Timestamp::constant(1_767_603_600, 0);

    /// The defaults: simulated time from [`MONDAY_MORNING`](Self::MONDAY_MORNING)
    /// until two redrives, with seed 0.
    pub fn new(stack: Stack) -> Self {
        Self {
            stack,
            binaries: BTreeMap::new(),
            start: Self::MONDAY_MORNING,
            real_time: false,
            until: Until::default(),
            seed: 0,
            duplicates: false,
            logs: false,
        }
    }
}

/// Why a simulation cannot start.
#[derive(Debug)]
pub enum StartError {
    /// No port of the loopback address can be bound.
    Bind(std::io::Error),
    /// The stack has no functions.
    NoFunctions {
        /// The package.
        package: String,
    },
    /// The settings do not say where a binary is.
    NoBinary {
        /// The binary.
        name: String,
    },
    /// A function's time zone is not in the database.
    TimeZone {
        /// The time zone.
        name: String,
    },
    /// Messages that cannot be sent.
    Messages(Vec<BadMessage>),
}

/// A message that cannot be sent.
#[derive(Debug)]
pub enum BadMessage {
    /// It does not say which queue it is for, or names one that is not there.
    WhichQueue {
        /// The message.
        message: String,
        /// The queue it names.
        named: Option<String>,
        /// The queues there are.
        queues: Vec<String>,
    },
    /// SQS refuses it.
    Refused {
        /// The message.
        message: String,
        /// The queue it is for.
        queue: String,
        /// Why.
        reason: crate::sqs::SqsError,
    },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind(error) => write!(f, "cannot listen on the loopback address: {error}"),
            Self::NoFunctions { package } => write!(
                f,
                "the package `{package}` has no function that belongs in its template; add \
                 `#[sqs_batch]` to one"
            ),
            Self::NoBinary { name } => write!(f, "there is no binary `{name}`; build it first"),
            Self::TimeZone { name } => {
                write!(f, "the time zone database has no `{name}`")
            }
            Self::Messages(messages) => {
                for (index, message) in messages.iter().enumerate() {
                    let separator = if index == 0 { "" } else { "\n" };
                    write!(f, "{separator}{message}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for BadMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WhichQueue {
                message,
                named,
                queues,
            } => {
                match named {
                    Some(queue) => write!(
                        f,
                        "{message} is for the queue `{queue}`, which this package does not have; "
                    )?,
                    None => write!(f, "{message} does not say which queue it is for; ")?,
                }
                write!(f, "write `\"queue\"` with one of: {}", queues.join(", "))
            }
            Self::Refused {
                message,
                queue,
                reason,
            } => {
                write!(f, "the queue {queue} refuses {message}: {reason}")?;
                match way_out(queue, &reason.message) {
                    Some(way_out) => write!(f, " {way_out}"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// What to write in the file of messages, where SQS's own words do not say.
fn way_out(queue: &str, reason: &str) -> Option<&'static str> {
    if reason.contains("MessageGroupId") {
        return Some("Add `\"group\"` to the message.");
    }
    if reason.contains("MessageBody") {
        return Some("SQS takes no empty body.");
    }
    if reason.contains("DelaySeconds") && queue.ends_with(".fifo") {
        return Some(
            "A FIFO queue has one delay for all its messages, and none of their own: leave \
             `\"delay\"` out.",
        );
    }
    let not_for_the_type = "not valid for this queue type";
    (reason.contains(not_for_the_type) && !queue.ends_with(".fifo"))
        .then_some("Only FIFO queues take `\"deduplication\"`: leave it out.")
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind(error) => Some(error),
            _ => None,
        }
    }
}
