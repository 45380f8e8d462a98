//! One queue: what it holds and who may receive what.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use redrive_model::limits::LONGEST_INVISIBILITY;

use super::error::SqsError;
use super::message::{Message, Receipt};
use crate::clock::add_seconds;
use crate::names;

/// SQS remembers a deduplication id this long.
const DEDUPLICATION: SignedDuration = SignedDuration::from_mins(5);

/// The longest a message may stay in flight in one receive, in seconds.
const MAX_VISIBILITY: u32 = LONGEST_INVISIBILITY.as_secs() as u32;

/// What a queue is set to; see
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>.
#[derive(Clone, Debug)]
pub struct QueueConfig {
    /// Its name, with `.fifo` if it is a FIFO queue.
    pub name: String,
    /// `VisibilityTimeout` in seconds.
    pub visibility_timeout: u32,
    /// `MessageRetentionPeriod` in seconds.
    pub retention: u32,
    /// `RedrivePolicy`.
    pub redrive_policy: Option<RedrivePolicy>,
}

/// Where a queue's messages go that were received too often.
#[derive(Clone, Debug)]
pub struct RedrivePolicy {
    /// The DLQ's name.
    pub dead_letter_queue: String,
    /// `maxReceiveCount`.
    pub max_receive_count: u32,
}

/// A queue and its messages.
#[derive(Debug)]
pub struct Queue {
    /// What it is set to.
    pub config: QueueConfig,
    messages: Vec<Message>,
    deduplication: BTreeMap<String, Remembered>,
}

#[derive(Debug)]
struct Remembered {
    at: Timestamp,
    id: String,
    sequence: Option<String>,
}

/// Where a receive ends at the latest.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// This many messages.
    pub messages: usize,
    /// This many bytes, all messages together.
    pub bytes: usize,
    /// How many bytes a message counts for.
    pub size: fn(&Message) -> usize,
}

impl Most {
    /// So many messages of any size.
    pub fn messages(messages: usize) -> Self {
        Self {
            messages,
            bytes: usize::MAX,
            size: |_| 0,
        }
    }
}

/// What a receive takes out of a queue.
#[derive(Debug, Default)]
pub(crate) struct Received {
    /// In flight from now on.
    pub(crate) delivered: Vec<Message>,
    /// Received too often: no longer in the queue.
    pub(crate) dead: Vec<Message>,
}

/// How many messages a queue holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// `ApproximateNumberOfMessages`.
    pub visible: usize,
    /// `ApproximateNumberOfMessagesNotVisible`.
    pub in_flight: usize,
    /// `ApproximateNumberOfMessagesDelayed`.
    pub delayed: usize,
}

impl Queue {
    pub(crate) fn new(config: QueueConfig) -> Self {
        Self {
            config,
            messages: Vec::new(),
            deduplication: BTreeMap::new(),
        }
    }

    /// Whether it is a FIFO queue.
    pub fn is_fifo(&self) -> bool {
        self.config.name.ends_with(".fifo")
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        names::queue_arn(&self.config.name)
    }

    /// What it holds, in order.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The id and sequence number of the message that used `deduplication` in
    /// the last five minutes.
    pub(crate) fn duplicate_of(
        &mut self,
        deduplication: &str,
        now: Timestamp,
    ) -> Option<(String, Option<String>)> {
        self.deduplication
            .retain(|_, seen| now.duration_since(seen.at) < DEDUPLICATION);
        let seen = self.deduplication.get(deduplication)?;
        Some((seen.id.clone(), seen.sequence.clone()))
    }

    pub(crate) fn push(&mut self, message: Message) {
        if let Some(deduplication) = &message.deduplication {
            self.deduplication.insert(
                deduplication.clone(),
                Remembered {
                    at: message.sent_at,
                    id: message.id.clone(),
                    sequence: message.sequence.clone(),
                },
            );
        }
        self.messages.push(message);
    }

    /// Takes out what has been kept for the retention period.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Vec<Message> {
        let retention = self.config.retention;
        self.messages
            .extract_if(.., |message| {
                add_seconds(message.retained_from, retention) <= now
            })
            .collect()
    }

    /// Receives messages and hides them for `visibility` seconds.
    pub(crate) fn receive(
        &mut self,
        now: Timestamp,
        most: Most,
        visibility: u32,
        rng: &mut fastrand::Rng,
    ) -> Received {
        let order = if self.is_fifo() {
            self.fifo_candidates(now)
        } else {
            self.standard_candidates(now, rng)
        };
        let limit = self
            .config
            .redrive_policy
            .as_ref()
            .map_or(u32::MAX, |policy| policy.max_receive_count);

        let mut received = Received::default();
        let mut bytes = most.bytes;
        let mut dead = BTreeSet::new();
        for index in order {
            if received.delivered.len() == most.messages {
                break;
            }
            let message = &mut self.messages[index];
            if message.receive_count >= limit {
                dead.insert(index);
                continue;
            }
            let Some(left) = bytes.checked_sub((most.size)(message)) else {
                break;
            };
            bytes = left;
            message.receive_count += 1;
            message.first_received_at.get_or_insert(now);
            message.received_at = Some(now);
            message.invisible_until = Some(add_seconds(now, visibility));
            received.delivered.push(message.clone());
        }
        let mut index = 0;
        received.dead = self
            .messages
            .extract_if(.., |_| {
                index += 1;
                dead.contains(&(index - 1))
            })
            .collect();
        received
    }

    /// A standard queue promises no order: neighbours sometimes change places.
    fn standard_candidates(&self, now: Timestamp, rng: &mut fastrand::Rng) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.messages.len())
            .filter(|&index| self.messages[index].visible(now))
            .collect();
        for index in 1..order.len() {
            if rng.u8(..4) == 0 {
                order.swap(index - 1, index);
            }
        }
        order
    }

    /// A message of a group can be received when all those of the group before
    /// it can.
    fn fifo_candidates(&self, now: Timestamp) -> Vec<usize> {
        let mut waiting = BTreeSet::new();
        let mut order = Vec::new();
        for (index, message) in self.messages.iter().enumerate() {
            if waiting.contains(&message.group) {
                continue;
            }
            if message.visible(now) {
                order.push(index);
            } else {
                waiting.insert(&message.group);
            }
        }
        order
    }

    /// Deletes a received message; `None` if it is gone, or has been received
    /// again since.
    pub(crate) fn delete(
        &mut self,
        handle: &str,
        now: Timestamp,
    ) -> Result<Option<Message>, SqsError> {
        let receipt = Receipt::parse(handle).ok_or_else(|| SqsError::bad_handle(handle))?;
        let Some(index) = self.find(&receipt) else {
            return Ok(None);
        };
        if self.is_fifo() && !self.messages[index].in_flight(now) {
            return Err(SqsError::invalid_parameter(format!(
                "Value {handle} for parameter ReceiptHandle is invalid. Reason: The receipt \
                 handle has expired."
            )));
        }
        Ok(Some(self.messages.remove(index)))
    }

    /// Delivers a message of a standard queue again whose first receive is over;
    /// `None` if it would not be delivered, or is none of them.
    pub(crate) fn keep(&mut self, handle: &str) -> Option<Message> {
        let policy = self.config.redrive_policy.as_ref()?;
        let index = self.find(&Receipt::parse(handle)?)?;
        let fifo = self.is_fifo();
        let message = &mut self.messages[index];
        if fifo || message.receive_count > 1 || policy.max_receive_count == 1 {
            return None;
        }
        message.invisible_until = None;
        Some(message.clone())
    }

    /// Lets the current receive of a message end `seconds` from now.
    pub(crate) fn change_visibility(
        &mut self,
        handle: &str,
        seconds: u32,
        now: Timestamp,
    ) -> Result<(), SqsError> {
        if seconds > MAX_VISIBILITY {
            return Err(SqsError::invalid_parameter(format!(
                "Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Must be \
                 between 0 and 43200."
            )));
        }
        let receipt = Receipt::parse(handle).ok_or_else(|| SqsError::bad_handle(handle))?;
        let index = self.find(&receipt).ok_or_else(|| {
            SqsError::invalid_parameter(format!(
                "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not \
                 exist or is not available for visibility timeout change."
            ))
        })?;
        let message = &mut self.messages[index];
        if !message.in_flight(now) {
            return Err(SqsError::not_in_flight());
        }
        let until = add_seconds(now, seconds);
        let received_at = message.received_at.unwrap_or(now);
        if until > add_seconds(received_at, MAX_VISIBILITY) {
            return Err(SqsError::invalid_parameter(format!(
                "Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Total \
                 VisibilityTimeout for the message is beyond the limit [43200 seconds]."
            )));
        }
        message.invisible_until = Some(until);
        Ok(())
    }

    fn find(&self, receipt: &Receipt) -> Option<usize> {
        self.messages.iter().position(|message| {
            message.id == receipt.id && message.receive_count == receipt.receive_count
        })
    }

    /// Takes out the oldest message that is not in flight.
    pub(crate) fn pop_oldest(&mut self, now: Timestamp) -> Option<Message> {
        let index = (0..self.messages.len())
            .filter(|&index| self.messages[index].visible(now))
            .min_by_key(|&index| self.messages[index].retained_from)?;
        Some(self.messages.remove(index))
    }

    /// Takes out everything.
    pub(crate) fn purge(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.messages)
    }

    /// When time alone next makes a message receivable.
    pub(crate) fn next_visible(&self, now: Timestamp) -> Option<Timestamp> {
        self.messages
            .iter()
            .map(|message| {
                message
                    .invisible_until
                    .map_or(message.available_at, |until| {
                        until.max(message.available_at)
                    })
            })
            .filter(|&at| at > now)
            .min()
    }

    /// When retention next ends for a message.
    pub(crate) fn next_expiry(&self) -> Option<Timestamp> {
        self.messages
            .iter()
            .map(|message| add_seconds(message.retained_from, self.config.retention))
            .min()
    }

    /// How many messages it holds.
    pub fn counts(&self, now: Timestamp) -> Counts {
        let mut counts = Counts::default();
        for message in &self.messages {
            if message.in_flight(now) {
                counts.in_flight += 1;
            } else if message.available_at > now {
                counts.delayed += 1;
            } else {
                counts.visible += 1;
            }
        }
        counts
    }
}
