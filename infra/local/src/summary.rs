//! The end of every message.

use jiff::Timestamp;
use serde::Serialize;

/// The end of every message, and what the simulation did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The simulated time at the start.
    pub started: Timestamp,
    /// The simulated time at the end.
    pub ended: Timestamp,
    /// Every message that was sent, in order.
    pub messages: Vec<MessageSummary>,
    /// What the simulation did.
    pub counts: Counts,
    /// Why it ended.
    pub ended_by: EndedBy,
}

/// Why a simulation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// All queues are empty, except for parking queues.
    Empty,
    /// All messages are in DLQs, which have had the maximum number of redrives.
    Redrives,
    /// All messages are in DLQs without a redrive schedule.
    NoRedrive,
    /// All other messages wait for functions that are paused.
    Paused,
    /// The maximum simulated time has passed.
    Time,
    /// It was interrupted.
    Interrupted,
}

impl Summary {
    /// Messages that are in no queue although nothing is known to have ended
    /// them.
    pub fn unaccounted(&self) -> impl Iterator<Item = &MessageSummary> {
        self.messages
            .iter()
            .filter(|message| message.fate == Fate::Unaccounted)
    }
}

/// What a simulation did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Invocations of workers.
    pub invocations: usize,
    /// Those that ended with an error.
    pub failed_invocations: usize,
    /// Processes that were started, for workers and redrive functions.
    pub cold_starts: usize,
    /// Attempts after the first of an invocation, as far as logs contain them.
    pub retries: usize,
    /// Deliveries of messages to workers.
    pub receives: usize,
    /// Invocations of redrive functions by their schedules.
    pub redrives: usize,
    /// Messages that were redriven.
    pub redriven: usize,
}

/// The end of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageSummary {
    /// Its name.
    pub name: String,
    /// How often it was delivered to workers.
    pub receives: usize,
    /// How often it was redriven.
    pub redrives: usize,
    /// Where it ended.
    #[serde(flatten)]
    pub fate: Fate,
}

/// Where a message ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// A worker completed it.
    Completed {
        /// The time.
        at: Timestamp,
        /// The number of the receive since it was last sent or redriven.
        receive: u32,
        /// The number of the attempt in that invocation; 0 if it was not processed,
        /// because its idempotency key was completed before.
        attempt: u32,
    },
    /// It is in a DLQ.
    InDlq {
        /// The DLQ.
        queue: String,
        /// Why it failed last.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It is in a parking queue, where no redrive moves it.
    Parked {
        /// The parking queue.
        queue: String,
        /// Why it failed last.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// It is still in a source queue.
    Waiting {
        /// The queue.
        queue: String,
        /// Why it failed last, or was not received.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Its retention period ended: it is lost.
    Expired {
        /// Its last queue.
        queue: String,
    },
    /// A topic did not deliver it to a subscribed queue.
    NotDelivered {
        /// The queue.
        queue: String,
        /// Why.
        reason: String,
    },
    /// A FIFO queue dropped it as a duplicate.
    Duplicate,
    /// It was deleted by a call to the API.
    Deleted,
    /// It is in no queue, although nothing is known to have ended it.
    Unaccounted,
}

impl Fate {
    /// Its place in lists, the best first, and the fate in one or two words.
    pub fn kind(&self) -> (u8, &'static str) {
        match self {
            Self::Completed { .. } => (0, "completed"),
            Self::NotDelivered { .. } => (1, "not delivered"),
            Self::Duplicate => (2, "duplicate"),
            Self::Deleted => (3, "deleted"),
            Self::Waiting { .. } => (4, "still waiting"),
            Self::InDlq { .. } => (5, "in the DLQ"),
            Self::Parked { .. } => (6, "parked"),
            Self::Expired { .. } => (7, "expired"),
            Self::Unaccounted => (8, "unaccounted for"),
        }
    }

    /// Why it is not completed, if that is known.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::InDlq { reason, .. }
            | Self::Parked { reason, .. }
            | Self::Waiting { reason, .. } => reason.as_deref(),
            Self::NotDelivered { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// The fate without the reason.
    pub fn describe(&self) -> String {
        match self {
            Self::Completed {
                receive,
                attempt: 0,
                ..
            } => format!("completed in receive {receive}, as a copy of a completed message"),
            Self::Completed {
                receive, attempt, ..
            } => format!("completed in receive {receive}, attempt {attempt}"),
            Self::InDlq { queue, .. } => format!("in {queue}"),
            Self::Parked { queue, .. } => format!("parked in {queue}"),
            Self::Waiting { queue, .. } => format!("waiting in {queue}"),
            Self::Expired { queue } => format!("expired in {queue}"),
            Self::NotDelivered { queue, .. } => format!("not delivered to {queue}"),
            Self::Duplicate => "dropped by the FIFO queue as a duplicate".to_owned(),
            Self::Deleted => "deleted by a call to the API".to_owned(),
            Self::Unaccounted => "UNACCOUNTED FOR".to_owned(),
        }
    }
}
