//! Sending a message, with SQS's checks.

use jiff::Timestamp;
use redrive_model::limits::{MESSAGE_ATTRIBUTES, MESSAGE_BYTES};
use redrive_model::names::{REASON, ROUND, SOURCE_MESSAGE_ID};
use serde::Deserialize;

use super::Sqs;
use super::error::SqsError;
use super::message::{Attributes, Message, Origin, bytes_of, round, text};
use crate::clock::add_seconds;
use crate::timeline::EventKind;

/// The maximum of `DelaySeconds`.
const MAX_DELAY: u32 = 900;

/// A message to send to a queue or to publish to a topic, as SQS's API has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Outgoing {
    /// `MessageBody`.
    #[serde(rename = "MessageBody")]
    pub body: String,
    /// `Subject`, of messages to topics.
    #[serde(skip)]
    pub subject: Option<String>,
    /// `MessageAttributes`.
    #[serde(rename = "MessageAttributes")]
    pub attributes: Attributes,
    /// `MessageSystemAttributes`: `AWSTraceHeader`.
    #[serde(rename = "MessageSystemAttributes")]
    pub system_attributes: Attributes,
    /// `DelaySeconds`.
    #[serde(rename = "DelaySeconds")]
    pub delay: u32,
    /// `MessageGroupId`.
    #[serde(rename = "MessageGroupId")]
    pub group: Option<String>,
    /// `MessageDeduplicationId`.
    #[serde(rename = "MessageDeduplicationId")]
    pub deduplication: Option<String>,
}

impl Sqs {
    /// Sends a message to the queue `name`, and returns it, or the one that it is a
    /// duplicate of.
    ///
    /// # Errors
    /// There is no such queue, or SQS would reject the message.
    pub fn send(
        &mut self,
        name: &str,
        outgoing: Outgoing,
        now: Timestamp,
    ) -> Result<Message, SqsError> {
        self.advance(now);
        let fifo = self.queue(name)?.is_fifo();
        check(&outgoing, fifo)?;

        let copy_of = self.source_of(name, &outgoing, now);
        let origin = copy_of.unwrap_or_else(|| self.new_origin());
        let queue = name.to_owned();
        let deduplication = outgoing.deduplication.as_deref();
        let duplicate_of = |id| self.queues[name].duplicate_of(id, now).cloned();
        if let Some(message) = deduplication.and_then(duplicate_of) {
            let is_copy = copy_of.is_some();
            self.record(now, origin, EventKind::Duplicate { queue, is_copy });
            return Ok(Message { origin, ..message });
        }

        let message = Message {
            origin,
            id: self.new_id(),
            trace_header: text(&outgoing.system_attributes, "AWSTraceHeader").map(str::to_owned),
            body: outgoing.body,
            attributes: outgoing.attributes,
            group: outgoing.group,
            deduplication: outgoing.deduplication,
            sequence: fifo.then(|| self.new_sequence()),
            sent_at: now,
            retained_from: now,
            available_at: add_seconds(now, outgoing.delay),
            invisible_until: None,
            receive_count: 0,
            first_received_at: None,
            received_at: None,
            dead_letter_source: None,
        };
        let message_id = message.id.clone();
        let kind = match copy_of {
            Some(_) => EventKind::Forwarded {
                is_parked: self.queue(name)?.config.is_parking,
                queue,
                message_id,
                round: round(&message.attributes),
                reason: text(&message.attributes, REASON).map(str::to_owned),
            },
            None => EventKind::Sent { queue, message_id },
        };
        self.record(now, origin, kind);
        self.queue_mut(name)?.push(message.clone());
        Ok(message)
    }

    /// Records that a topic did not deliver a message to the queue `name`.
    pub(crate) fn not_delivered(&mut self, name: &str, reason: String, now: Timestamp) -> Origin {
        let origin = self.new_origin();
        let queue = name.to_owned();
        self.record(now, origin, EventKind::NotDelivered { queue, reason });
        origin
    }

    fn new_origin(&mut self) -> Origin {
        let origin = Origin(self.next_origin);
        self.next_origin += 1;
        origin
    }

    /// A worker that sends a record on names the original in an attribute, unless the
    /// message has no room for it: for the sender, the copy is the same message.
    fn source_of(&self, name: &str, outgoing: &Outgoing, now: Timestamp) -> Option<Origin> {
        let attributes = &outgoing.attributes;
        let is_parking = self.queues[name].config.is_parking;
        let is_of_a_worker = attributes.contains_key(ROUND) || is_parking;
        let is_original = |message: &&Message| match text(attributes, SOURCE_MESSAGE_ID) {
            Some(id) => message.id == id,
            None => {
                let is_alike = message.body == outgoing.body && message.group == outgoing.group;
                is_of_a_worker && is_alike
            }
        };
        self.queues
            .values()
            .filter(|queue| queue.config.name != name)
            .flat_map(|queue| queue.messages())
            .filter(|message| message.in_flight(now))
            .find(is_original)
            .map(|message| message.origin)
    }
}

fn check(outgoing: &Outgoing, fifo: bool) -> Result<(), SqsError> {
    if outgoing.body.is_empty() {
        return Err(SqsError::MissingParameter("MessageBody"));
    }
    if !outgoing.body.chars().all(allowed) {
        return Err(SqsError::InvalidContents);
    }
    if outgoing.attributes.len() > MESSAGE_ATTRIBUTES {
        return Err(SqsError::invalid_parameter(format!(
            "Number of message attributes [{}] exceeds the allowed maximum [{MESSAGE_ATTRIBUTES}].",
            outgoing.attributes.len()
        )));
    }
    let mut attributes = outgoing.attributes.iter();
    if let Some((name, _)) = attributes.find(|(_, attribute)| !attribute.is_valid()) {
        return Err(SqsError::invalid_parameter(format!(
            "The message attribute '{name}' is invalid: its type and its value do not match."
        )));
    }
    if size(outgoing) > MESSAGE_BYTES {
        return Err(SqsError::invalid_parameter(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {MESSAGE_BYTES} \
             bytes."
        )));
    }
    if outgoing.delay > MAX_DELAY {
        let reason = "DelaySeconds must be >= 0 and <= 900.";
        let delay = outgoing.delay;
        return Err(SqsError::invalid_value(delay, "DelaySeconds", reason));
    }
    if fifo && outgoing.group.is_none() {
        return Err(SqsError::MissingParameter("MessageGroupId"));
    }
    if fifo && outgoing.delay > 0 {
        return Err(SqsError::FifoDelay(outgoing.delay));
    }
    if fifo && outgoing.deduplication.is_none() {
        return Err(SqsError::invalid_parameter(
            "The queue should either have ContentBasedDeduplication enabled or \
             MessageDeduplicationId provided explicitly",
        ));
    }
    if !fifo && outgoing.deduplication.is_some() {
        return Err(SqsError::StandardDeduplication);
    }
    Ok(())
}

/// The bytes that count towards the limit: body and attributes.
pub(crate) fn size(outgoing: &Outgoing) -> usize {
    outgoing.body.len() + bytes_of(&outgoing.attributes)
}

/// Whether SQS allows the character in a body.
fn allowed(character: char) -> bool {
    matches!(
        character,
        '\u{9}' | '\u{A}' | '\u{D}' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'
            | '\u{10000}'..='\u{10FFFF}'
    )
}
