//! What a world is made from, and why it cannot be.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use jiff::Timestamp;
use redrive_infra::stack::Stack;

use crate::until::Until;

/// What a world is made from.
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
    /// Decides what is random in the world: ids, and the order in which
    /// standard queues deliver.
    pub seed: u64,
    /// Whether to tell what the functions log.
    pub logs: bool,
}

impl Settings {
    /// The defaults: simulated time from Monday, 5 January 2026, 09:00 UTC,
    /// until two redrives, with seed 0.
    pub fn new(stack: Stack) -> Self {
        const MONDAY_MORNING: i64 = 1_767_603_600;
        Self {
            stack,
            binaries: BTreeMap::new(),
            start: Timestamp::constant(MONDAY_MORNING, 0),
            real_time: false,
            until: Until::default(),
            seed: 0,
            logs: false,
        }
    }
}

/// Why a world cannot start.
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
    /// A message does not say which queue it is for, or names one that is not
    /// there.
    WhichQueue {
        /// The message.
        message: String,
        /// The queue it names.
        named: Option<String>,
        /// The queues there are.
        queues: Vec<String>,
    },
    /// SQS refuses a message.
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
                if reason.to_string().contains("MessageGroupId") {
                    write!(f, " Add `\"group\"` to the message.")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Bind(error) => Some(error),
            Self::Refused { reason, .. } => Some(reason),
            _ => None,
        }
    }
}
