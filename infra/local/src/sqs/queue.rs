//! One queue and its messages.

use std::collections::{BTreeMap, BTreeSet};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::{SignedDuration, Timestamp};
use redrive_model::limits::LONGEST_INVISIBILITY;

use super::error::SqsError;
use super::message::Message;
use crate::clock::add_seconds;
use crate::names;

/// How long SQS remembers a deduplication id.
const DEDUPLICATION: SignedDuration = SignedDuration::from_mins(5);

/// The longest that a message may stay in flight in one receive, in seconds.
const MAX_VISIBILITY: u32 = LONGEST_INVISIBILITY.as_secs() as u32;

/// The attributes of a queue; see
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>.
#[derive(Clone, Debug)]
pub struct QueueConfig {
    /// Its name, which ends with `.fifo` if it is a FIFO queue.
    pub name: String,
    /// `QueueArn`.
    pub arn: String,
    /// `VisibilityTimeout` in seconds.
    pub visibility_timeout: u32,
    /// `MessageRetentionPeriod` in seconds.
    pub retention: u32,
    /// `RedrivePolicy`.
    pub redrive_policy: Option<RedrivePolicy>,
    /// Whether it is for messages that are not redriven any more.
    pub is_parking: bool,
}

impl QueueConfig {
    /// SQS's defaults, for a queue of the simulation's account.
    pub fn new(name: impl Into<String>) -> Self {
        let name = name.into();
        Self {
            arn: names::queue_arn(&name),
            name,
            visibility_timeout: 30,
            retention: 4 * 86_400,
            redrive_policy: None,
            is_parking: false,
        }
    }
}

/// When a queue's messages are moved to its DLQ.
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
    /// Its attributes.
    pub config: QueueConfig,
    messages: Vec<Message>,
    /// The last message with each deduplication id, as it was sent.
    deduplication: BTreeMap<String, Message>,
}

/// How much a receive returns at most.
#[derive(Clone, Copy, Debug)]
pub struct ReceiveLimit {
    /// The number of messages.
    pub messages: usize,
    /// The bytes of all messages together.
    pub bytes: usize,
    /// The bytes that a message counts for.
    pub size: fn(&Message) -> usize,
}

impl ReceiveLimit {
    /// A number of messages of any size.
    pub fn messages(messages: usize) -> Self {
        Self {
            messages,
            bytes: usize::MAX,
            size: |_| 0,
        }
    }
}

/// The number of messages of a queue.
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

    /// Its messages, in order.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The message that used the deduplication id in the last five minutes.
    pub(crate) fn duplicate_of(&self, deduplication: &str, now: Timestamp) -> Option<&Message> {
        let message = self.deduplication.get(deduplication);
        message.filter(|message| now.duration_since(message.sent_at) < DEDUPLICATION)
    }

    pub(crate) fn push(&mut self, message: Message) {
        if let Some(deduplication) = message.deduplication.clone() {
            self.deduplication.insert(deduplication, message.clone());
        }
        self.messages.push(message);
    }

    /// Removes the messages whose retention period is over.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Vec<Message> {
        let retention = self.config.retention;
        self.messages
            .extract_if(.., |message| {
                add_seconds(message.retained_from, retention) <= now
            })
            .collect()
    }

    /// Removes the messages that a receive would return, but that were received too often.
    pub(crate) fn dead(&mut self, now: Timestamp) -> Vec<Message> {
        let policy = self.config.redrive_policy.as_ref();
        let max_receive_count = policy.map_or(u32::MAX, |policy| policy.max_receive_count);
        let mut dead = self.candidates(now);
        dead.retain(|&index| self.messages[index].receive_count >= max_receive_count);
        let mut index = 0..;
        let is_dead = |_: &mut Message| {
            index
                .next()
                .is_some_and(|it| dead.binary_search(&it).is_ok())
        };
        self.messages.extract_if(.., is_dead).collect()
    }

    /// Receives messages, which are then invisible for `visibility` seconds.
    pub(crate) fn receive(
        &mut self,
        now: Timestamp,
        limit: ReceiveLimit,
        visibility: u32,
        rng: &mut fastrand::Rng,
    ) -> Vec<Message> {
        let mut order = self.candidates(now);
        // A standard queue does not guarantee an order: neighbours are sometimes swapped.
        for index in 1..order.len() {
            if !self.is_fifo() && rng.u8(..4) == 0 {
                order.swap(index - 1, index);
            }
        }
        let mut received = Vec::new();
        let mut bytes = limit.bytes;
        for index in order.into_iter().take(limit.messages) {
            let message = &mut self.messages[index];
            let Some(left) = bytes.checked_sub((limit.size)(message)) else {
                break;
            };
            bytes = left;
            message.receive_count += 1;
            message.first_received_at.get_or_insert(now);
            message.received_at = Some(now);
            message.invisible_until = Some(add_seconds(now, visibility));
            received.push(message.clone());
        }
        received
    }

    /// The messages that a receive may return.
    fn candidates(&self, now: Timestamp) -> Vec<usize> {
        let is_fifo = self.is_fifo();
        let mut waiting = BTreeSet::new();
        let is_candidate = |&index: &usize| {
            let message = &self.messages[index];
            // A message of a FIFO group waits for those before it.
            let is_blocked = is_fifo && waiting.contains(&message.group);
            let is_candidate = message.visible(now) && !is_blocked;
            if !is_candidate {
                waiting.insert(&message.group);
            }
            is_candidate
        };
        (0..self.messages.len()).filter(is_candidate).collect()
    }

    /// Deletes a received message; `None` if it is no longer in the queue, or has
    /// been received again since.
    pub(crate) fn delete(
        &mut self,
        handle: &str,
        now: Timestamp,
    ) -> Result<Option<Message>, SqsError> {
        let Some(index) = self.find(handle)? else {
            return Ok(None);
        };
        if self.is_fifo() && !self.messages[index].in_flight(now) {
            let reason = "The receipt handle has expired.";
            return Err(SqsError::invalid_value(handle, "ReceiptHandle", reason));
        }
        Ok(Some(self.messages.remove(index)))
    }

    /// Makes a message of a standard queue visible again after its first receive;
    /// `None` if that is not possible, or would move it to the DLQ.
    pub(crate) fn redeliver(&mut self, handle: &str) -> Option<Message> {
        let policy = self.config.redrive_policy.as_ref()?;
        let index = self.find(handle).ok()??;
        let fifo = self.is_fifo();
        let message = &mut self.messages[index];
        if fifo || message.receive_count > 1 || policy.max_receive_count == 1 {
            return None;
        }
        message.invisible_until = None;
        Some(message.clone())
    }

    /// Ends the current receive of a message `seconds` from now.
    pub(crate) fn change_visibility(
        &mut self,
        handle: &str,
        seconds: u32,
        now: Timestamp,
    ) -> Result<(), SqsError> {
        let invalid = |reason| SqsError::invalid_value(seconds, "VisibilityTimeout", reason);
        if seconds > MAX_VISIBILITY {
            return Err(invalid("Must be between 0 and 43200."));
        }
        let index = self.find(handle)?.ok_or_else(|| {
            let reason =
                "Message does not exist or is not available for visibility timeout change.";
            SqsError::invalid_value(handle, "ReceiptHandle", reason)
        })?;
        let message = &mut self.messages[index];
        if !message.in_flight(now) {
            return Err(SqsError::NotInFlight);
        }
        let until = add_seconds(now, seconds);
        let received_at = message.received_at.unwrap_or(now);
        if until > add_seconds(received_at, MAX_VISIBILITY) {
            return Err(invalid(
                "Total VisibilityTimeout for the message is beyond the limit [43200 seconds].",
            ));
        }
        message.invisible_until = Some(until);
        Ok(())
    }

    /// The message whose current receive has this handle.
    fn find(&self, handle: &str) -> Result<Option<usize>, SqsError> {
        let receipt = BASE64_STANDARD
            .decode(handle)
            .map_err(|_| SqsError::InvalidReceiptHandle(handle.to_owned()))?;
        let has_receipt = |message: &Message| {
            receipt.starts_with(message.id.as_bytes()) && receipt == message.receipt().as_bytes()
        };
        Ok(self.messages.iter().position(has_receipt))
    }

    /// Removes the oldest message that is visible.
    pub(crate) fn pop_oldest(&mut self, now: Timestamp) -> Option<Message> {
        let index = (0..self.messages.len())
            .filter(|&index| self.messages[index].visible(now))
            .min_by_key(|&index| self.messages[index].retained_from)?;
        Some(self.messages.remove(index))
    }

    /// When the next message becomes visible or expires.
    pub(crate) fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let times = self.messages.iter().flat_map(|message| {
            let expiry = add_seconds(message.retained_from, self.config.retention);
            [
                Some(expiry),
                Some(message.available_at),
                message.invisible_until,
            ]
        });
        times.flatten().filter(|&at| at > now).min()
    }

    /// How many messages are visible, in flight and delayed.
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
