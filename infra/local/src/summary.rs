//! What became of everything.

use jiff::Timestamp;
use serde::Serialize;

/// What became of every message, and how much work that was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Simulated time at the start.
    pub started: Timestamp,
    /// Simulated time at the end.
    pub ended: Timestamp,
    /// Every message that was sent, in order.
    pub messages: Vec<MessageSummary>,
    /// How much work that was.
    pub counts: Counts,
    /// Why it ended.
    pub ended_by: EndedBy,
}

/// Why a simulation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// No message is left in any queue.
    Empty,
    /// What is left is in a DLQ, and has been redriven as often as it may be.
    Redrives,
    /// What is left is in a DLQ that nothing redrives.
    NoRedrive,
    /// The simulated time is over.
    Time,
    /// Somebody has stopped it.
    Interrupted,
}

impl Summary {
    /// Messages that are nowhere and that nothing is known to have ended.
    pub fn unaccounted(&self) -> impl Iterator<Item = &MessageSummary> {
        self.messages
            .iter()
            .filter(|message| message.fate == Fate::Unaccounted)
    }
}

/// How much work a simulation has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Invocations of workers.
    pub invocations: usize,
    /// Those that ended with an error.
    pub failed_invocations: usize,
    /// Processes that were started, for workers and redrive functions.
    pub cold_starts: usize,
    /// Attempts after the first inside an invocation, as far as logs tell.
    pub retries: usize,
    /// Deliveries of messages to workers.
    pub receives: usize,
    /// Times a schedule started a redrive function.
    pub redrives: usize,
    /// Messages that were moved back.
    pub redriven: usize,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageSummary {
    /// Its name.
    pub name: String,
    /// How often workers got it.
    pub receives: usize,
    /// How often it was moved back from a DLQ.
    pub redrives: usize,
    /// What became of it.
    #[serde(flatten)]
    pub fate: Fate,
}

/// What can become of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// A worker has succeeded with it.
    Done {
        /// When.
        at: Timestamp,
        /// The receive since it was sent or redriven last.
        receive: u32,
        /// The attempt in that invocation.
        attempt: u32,
    },
    /// It is in a DLQ.
    InDlq {
        /// The DLQ.
        queue: String,
        /// Why it failed last.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// It is still in a source queue.
    Waiting {
        /// The queue.
        queue: String,
        /// Why it failed last, or has not been received.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// Its retention period ended: it is lost.
    Expired {
        /// The queue it was in.
        queue: String,
    },
    /// A FIFO queue had it already.
    Duplicate,
    /// Somebody deleted it through the API.
    Deleted,
    /// It is nowhere, and nothing is known to have ended it.
    Unaccounted,
}

impl Fate {
    /// What [`kind`](Self::kind) can be, the best first.
    pub const KINDS: [&str; 7] = [
        "done",
        "duplicate",
        "deleted",
        "still waiting",
        "in the DLQ",
        "expired",
        "unaccounted for",
    ];

    /// In a word or two.
    pub fn kind(&self) -> &'static str {
        let [
            done,
            duplicate,
            deleted,
            waiting,
            in_dlq,
            expired,
            unaccounted,
        ] = Self::KINDS;
        match self {
            Self::Done { .. } => done,
            Self::Duplicate => duplicate,
            Self::Deleted => deleted,
            Self::Waiting { .. } => waiting,
            Self::InDlq { .. } => in_dlq,
            Self::Expired { .. } => expired,
            Self::Unaccounted => unaccounted,
        }
    }

    /// Why it is not done, if that is known.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::InDlq { why, .. } | Self::Waiting { why, .. } => why.as_deref(),
            _ => None,
        }
    }

    /// In words, without the reason.
    pub fn describe(&self) -> String {
        match self {
            Self::Done {
                receive, attempt, ..
            } => format!("done in receive {receive}, attempt {attempt}"),
            Self::InDlq { queue, .. } => format!("in {queue}"),
            Self::Waiting { queue, .. } => format!("waits in {queue}"),
            Self::Expired { queue } => format!("expired in {queue}"),
            Self::Duplicate => "dropped by the FIFO queue as a duplicate".to_owned(),
            Self::Deleted => "deleted by a call to the API".to_owned(),
            Self::Unaccounted => "UNACCOUNTED FOR".to_owned(),
        }
    }
}
