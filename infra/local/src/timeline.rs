//! The events of a simulation, and their descriptions.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::summary::Summary;

/// One line of a simulation's output.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum OutputLine {
    /// An event.
    Event(TimelineEvent),
    /// A line of a function's log.
    Log {
        /// The simulated time at the end of the invocation.
        time: Timestamp,
        /// The Lambda function.
        function: String,
        /// The line.
        line: String,
    },
    /// The last line.
    Summary(Summary),
}

/// A simulated time for people, in UTC.
pub fn moment(time: Timestamp) -> impl fmt::Display {
    time.strftime("%a %e %b %H:%M:%S")
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TimelineEvent {
    /// The simulated time.
    pub time: Timestamp,
    /// The message's name; `None` for events of a whole queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum EventKind {
    /// The message was sent.
    Sent {
        /// The queue.
        queue: String,
        /// Its id.
        message_id: String,
    },
    /// The worker sent the message to the DLQ or to the parking queue itself.
    Forwarded {
        /// The queue.
        queue: String,
        /// Whether it is the parking queue.
        is_parked: bool,
        /// Its id there.
        message_id: String,
        /// The number of the redrive that it waits for.
        #[serde(skip_serializing_if = "Option::is_none")]
        round: Option<u32>,
        /// The reason that the worker gave.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// A topic did not deliver the message to a subscribed queue.
    NotDelivered {
        /// The queue.
        queue: String,
        /// Why.
        reason: String,
    },
    /// A FIFO queue dropped the message as a duplicate.
    Duplicate {
        /// The queue.
        queue: String,
        /// Whether it was the worker's copy for the DLQ.
        #[serde(skip)]
        is_copy: bool,
    },
    /// The function succeeded, and Lambda deleted the message.
    Completed {
        /// The Lambda function.
        function: String,
        /// How often the message has been received since it was sent or
        /// redriven.
        receive: u32,
        /// The number of the attempt in the invocation; 0 if it was not processed,
        /// because its idempotency key was completed before.
        attempt: u32,
    },
    /// The queue delivers the message once more although the function succeeded.
    Redelivered {
        /// The queue.
        queue: String,
    },
    /// The message failed and stays in the queue.
    Failed {
        /// The Lambda function.
        function: String,
        /// How often the message has been received since it was sent or
        /// redriven.
        receive: u32,
        /// The number of attempts in the invocation, if the log contains it.
        #[serde(skip_serializing_if = "Option::is_none")]
        attempts: Option<u32>,
        /// Why it failed.
        reason: String,
    },
    /// The message was received too often and moved to the DLQ.
    DeadLettered {
        /// The source queue.
        from: String,
        /// The DLQ.
        queue: String,
        /// How often it was received.
        receives: u32,
        /// Why it failed last.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The scheduler, or a retry by Lambda, invokes the redrive function.
    Redrive {
        /// The Lambda function.
        function: String,
        /// The schedule, and the time in its time zone.
        schedule: String,
        /// The DLQ.
        queue: String,
        /// The number of messages in it.
        waiting: usize,
        /// 2 and 3 are Lambda's retries.
        attempt: usize,
    },
    /// The redrive function answered.
    RedriveAnswered {
        /// The Lambda function.
        function: String,
        /// Its answer.
        answer: serde_json::Value,
    },
    /// The redrive function failed.
    RedriveFailed {
        /// The Lambda function.
        function: String,
        /// Why it failed.
        reason: String,
        /// Seconds until Lambda's next attempt; `None`: there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_in: Option<u64>,
    },
    /// A move task moved the message to its source queue.
    Redriven {
        /// The DLQ.
        from: String,
        /// The source queue.
        queue: String,
        /// Its new id.
        message_id: String,
        /// The number of the redrive, if a worker counts them.
        #[serde(skip_serializing_if = "Option::is_none")]
        round: Option<u32>,
    },
    /// The message's retention period ended: it is lost.
    Expired {
        /// The queue.
        queue: String,
    },
    /// The message was deleted by a call to the API.
    Deleted {
        /// The queue.
        queue: String,
    },
}

impl EventKind {
    /// The event in one or two words.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::Forwarded {
                is_parked: true, ..
            } => "parked",
            Self::Forwarded { .. } => "sent to DLQ",
            Self::NotDelivered { .. } => "not delivered",
            Self::Duplicate { .. } => "duplicate",
            Self::Completed { .. } => "completed",
            Self::Redelivered { .. } => "redelivered",
            Self::Failed { .. } => "failed",
            Self::DeadLettered { .. } => "moved to DLQ",
            Self::Redrive { .. } => "redrive",
            Self::RedriveAnswered { .. } => "redrive answer",
            Self::RedriveFailed { .. } => "redrive failed",
            Self::Redriven { .. } => "redriven",
            Self::Expired { .. } => "expired",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// Whether the event is the normal answer of a redrive function, which needs
    /// no line.
    pub fn is_expected(&self) -> bool {
        matches!(self, Self::RedriveAnswered { answer, .. } if answer["outcome"] == "started")
    }

    /// The receive and the attempts of a delivery; empty for other events.
    pub fn delivery(&self) -> String {
        match self {
            Self::Completed {
                receive,
                attempt: 0,
                ..
            } => format!("receive {receive}, not processed: its key was completed before"),
            Self::Completed {
                receive, attempt, ..
            } => format!("receive {receive}, attempt {attempt}"),
            Self::Failed {
                receive, attempts, ..
            } => match attempts {
                Some(1) => format!("receive {receive}, 1 attempt"),
                Some(attempts) => format!("receive {receive}, {attempts} attempts"),
                None => format!("receive {receive}"),
            },
            _ => String::new(),
        }
    }

    /// The queue, the delivery and the reason.
    pub fn details(&self) -> String {
        match self {
            Self::Sent { queue, .. } => format!("to {queue}"),
            Self::Forwarded {
                queue,
                is_parked,
                round,
                reason,
                ..
            } => {
                // A parked message waits for no round.
                let round = in_round(round.filter(|_| !is_parked));
                let reason = reason.as_ref().map(|reason| format!(": {reason}"));
                format!("{queue}{round}{}", reason.unwrap_or_default())
            }
            Self::NotDelivered { queue, reason } => format!("to {queue}: {reason}"),
            Self::Duplicate { queue, .. } => {
                format!("{queue} has received this deduplication id within 5 minutes")
            }
            Self::Completed { .. } => self.delivery(),
            Self::Redelivered { queue } => {
                format!("{queue} delivers it twice, as a standard queue may (`--duplicates`)")
            }
            Self::Failed { reason, .. } => format!("{}: {reason}", self.delivery()),
            Self::DeadLettered {
                queue,
                receives,
                reason,
                ..
            } => {
                let reason = reason
                    .as_deref()
                    .unwrap_or("it was received but not deleted");
                format!("{queue}, after {receives} receives: {reason}")
            }
            Self::Redrive {
                schedule,
                queue,
                waiting,
                attempt,
                ..
            } => {
                let messages = if *waiting == 1 { "message" } else { "messages" };
                let cause = match attempt {
                    1 => schedule.clone(),
                    _ => format!("attempt {attempt} of 3"),
                };
                format!("{waiting} {messages} in {queue}; {cause}")
            }
            Self::RedriveAnswered { answer, .. } => answer["outcome"]
                .as_str()
                .map_or_else(|| answer.to_string(), |outcome| outcome.replace('_', " ")),
            Self::RedriveFailed {
                reason, retry_in, ..
            } => match retry_in {
                Some(seconds) => format!("{reason}; Lambda retries in {seconds} s"),
                None => format!("{reason}; no more retries"),
            },
            Self::Redriven {
                from, queue, round, ..
            } => format!("from {from} to {queue}{}", in_round(*round)),
            Self::Expired { queue } => format!("in {queue}, at the end of its retention period"),
            Self::Deleted { queue } => format!("in {queue}, by a call to the API"),
        }
    }
}

fn in_round(round: Option<u32>) -> String {
    let round = round.map(|round| format!(", round {round}"));
    round.unwrap_or_default()
}
