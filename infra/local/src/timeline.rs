//! What happens in a simulation, in the words of those who watch it.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use crate::summary::Summary;

/// A line of what a simulation has to tell.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Output {
    /// Something happened.
    Event(Event),
    /// A function wrote to its log.
    Log {
        /// The simulated time at the end of the invocation.
        time: Timestamp,
        /// The Lambda function.
        function: String,
        /// What it wrote.
        line: String,
    },
    /// What became of everything; the last line.
    Summary(Summary),
}

/// A simulated time as people read it, in UTC.
pub fn moment(time: Timestamp) -> impl fmt::Display {
    time.strftime("%a %e %b %H:%M:%S")
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event {
    /// The simulated time.
    pub time: Timestamp,
    /// The message's name; `None` if it is not about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What.
    #[serde(flatten)]
    pub happening: Happening,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening {
    /// The message was sent.
    Sent {
        /// To this queue.
        queue: String,
        /// Its id.
        message_id: String,
    },
    /// The function that worked on the message sent it on itself.
    SentOn {
        /// To this queue.
        queue: String,
        /// Its id there.
        message_id: String,
        /// Why, as the function said.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// A FIFO queue had the message already.
    Duplicate {
        /// The queue.
        queue: String,
    },
    /// The function succeeded, and Lambda deleted the message.
    Done {
        /// The Lambda function.
        function: String,
        /// How often the message had been received since it was sent or
        /// redriven.
        receive: u32,
        /// Which attempt of the invocation it was.
        attempt: u32,
    },
    /// The queue delivers the message once more though the function succeeded.
    Again {
        /// The queue.
        queue: String,
    },
    /// The message failed and stays in the queue.
    Failed {
        /// The Lambda function.
        function: String,
        /// How often the message had been received since it was sent or
        /// redriven.
        receive: u32,
        /// How many attempts the invocation made, as far as its log tells.
        #[serde(skip_serializing_if = "Option::is_none")]
        attempts: Option<u32>,
        /// Why.
        why: String,
    },
    /// The message had been received too often and went to the DLQ.
    DeadLettered {
        /// The queue it was in.
        from: String,
        /// The DLQ.
        queue: String,
        /// How often it had been received.
        receives: u32,
        /// Why it failed last.
        #[serde(skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// The scheduler, or a retry of Lambda's, starts the redrive function.
    Redrive {
        /// The Lambda function.
        function: String,
        /// The schedule, and the time in its zone.
        schedule: String,
        /// The DLQ.
        queue: String,
        /// How many messages wait in it.
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
        /// Why.
        why: String,
        /// Seconds until Lambda tries again; `None`: it gives up.
        #[serde(skip_serializing_if = "Option::is_none")]
        again_in: Option<i64>,
    },
    /// A move task brought the message back.
    Redriven {
        /// The DLQ.
        from: String,
        /// The queue it is in again.
        queue: String,
        /// Its new id.
        message_id: String,
    },
    /// The message had been kept for the queue's retention period and is lost.
    Expired {
        /// The queue.
        queue: String,
    },
    /// Somebody deleted the message through the API.
    Deleted {
        /// The queue.
        queue: String,
    },
}

/// Whether it is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It is.
    Good,
    /// It is not, but nothing is lost.
    Bad,
    /// A message is out of the normal way.
    Worse,
    /// Neither.
    Neutral,
}

impl Happening {
    /// Whether it is good news.
    pub fn tone(&self) -> Tone {
        match self {
            Self::Done { .. } => Tone::Good,
            Self::Failed { .. } => Tone::Bad,
            Self::SentOn { .. }
            | Self::DeadLettered { .. }
            | Self::RedriveFailed { .. }
            | Self::Expired { .. } => Tone::Worse,
            _ => Tone::Neutral,
        }
    }

    /// What happened, in a word or two.
    pub fn what(&self) -> &'static str {
        match self {
            Self::Sent { .. } => "sent",
            Self::SentOn { .. } => "sent on",
            Self::Duplicate { .. } => "duplicate",
            Self::Done { .. } => "done",
            Self::Again { .. } => "again",
            Self::Failed { .. } => "failed",
            Self::DeadLettered { .. } => "to the DLQ",
            Self::Redrive { .. } => "redrive",
            Self::RedriveAnswered { .. } => "redrive said",
            Self::RedriveFailed { .. } => "redrive failed",
            Self::Redriven { .. } => "back",
            Self::Expired { .. } => "expired",
            Self::Deleted { .. } => "deleted",
        }
    }

    /// Whether it goes without saying: a redrive that was started has started.
    pub fn is_expected(&self) -> bool {
        matches!(self, Self::RedriveAnswered { answer, .. } if answer["outcome"] == "started")
    }

    /// In which receive, and how many attempts; empty if it is not about a
    /// delivery.
    pub fn how_often(&self) -> String {
        match self {
            Self::Done {
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

    /// Where, how often and why.
    pub fn why(&self) -> String {
        match self {
            Self::Sent { queue, .. }
            | Self::SentOn {
                queue, why: None, ..
            } => format!("to {queue}"),
            Self::SentOn {
                queue,
                why: Some(why),
                ..
            } => format!("to {queue}: {why}"),
            Self::Duplicate { queue } => {
                format!("{queue} has had this deduplication id within 5 minutes")
            }
            Self::Done { .. } => self.how_often(),
            Self::Again { queue } => {
                format!("{queue} delivers it twice, as a standard queue may (`--duplicates`)")
            }
            Self::Failed { why, .. } => format!("{}: {why}", self.how_often()),
            Self::DeadLettered {
                queue,
                receives,
                why,
                ..
            } => {
                let why = why.as_deref().unwrap_or("it was received, and not deleted");
                format!("{queue}, after {receives} receives: {why}")
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
            Self::RedriveFailed { why, again_in, .. } => match again_in {
                Some(seconds) => format!("{why}; again in {seconds} seconds"),
                None => format!("{why}; Lambda gives up"),
            },
            Self::Redriven { from, queue, .. } => format!("in {queue}, from {from}"),
            Self::Expired { queue } => format!("in {queue}, kept for its retention period"),
            Self::Deleted { queue } => format!("in {queue}, by a call to the API"),
        }
    }
}
