//! A message, as a queue stores it.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use md5::{Digest, Md5};

/// Identifies a message from when it is first sent. It does not change when the
/// message is redriven, unlike the message id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(pub u32);

/// A message in a queue.
#[derive(Clone, Debug)]
pub struct Message {
    /// Identifies the message through all its moves.
    pub origin: Origin,
    /// `MessageId`.
    pub id: String,
    /// `Body`.
    pub body: String,
    /// `MessageAttributes`.
    pub attributes: BTreeMap<String, Attribute>,
    /// `AWSTraceHeader`.
    pub trace_header: Option<String>,
    /// `MessageGroupId`; standard queues may have it too (fair queues).
    pub group: Option<String>,
    /// `MessageDeduplicationId`.
    pub deduplication: Option<String>,
    /// `SequenceNumber`, on FIFO queues.
    pub sequence: Option<String>,
    /// `SentTimestamp`.
    pub sent_at: Timestamp,
    /// The start of the retention period. A move to a FIFO DLQ and a redrive reset
    /// it, a move to a standard DLQ does not.
    pub retained_from: Timestamp,
    /// When the message can first be received (`DelaySeconds`).
    pub available_at: Timestamp,
    /// When the current receive ends. `None`, or a time in the past: not in flight.
    pub invisible_until: Option<Timestamp>,
    /// `ApproximateReceiveCount`.
    pub receive_count: u32,
    /// `ApproximateFirstReceiveTimestamp`.
    pub first_received_at: Option<Timestamp>,
    /// When the current receive began.
    pub received_at: Option<Timestamp>,
    /// `DeadLetterQueueSourceArn`: the queue whose receives were used up.
    pub dead_letter_source: Option<String>,
}

impl Message {
    /// Whether a current receive makes the message invisible.
    pub fn in_flight(&self, now: Timestamp) -> bool {
        self.invisible_until.is_some_and(|until| until > now)
    }

    /// Whether a receive may return the message.
    pub(crate) fn visible(&self, now: Timestamp) -> bool {
        self.available_at <= now && !self.in_flight(now)
    }

    /// The receipt handle of the current receive.
    pub fn receipt_handle(&self) -> String {
        BASE64_STANDARD.encode(format!("{} {}", self.id, self.receive_count))
    }
}

/// A decoded receipt handle.
pub(crate) struct Receipt {
    pub(crate) id: String,
    pub(crate) receive_count: u32,
}

impl Receipt {
    pub(crate) fn parse(handle: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64_STANDARD.decode(handle).ok()?).ok()?;
        let (id, receive_count) = text.split_once(' ')?;
        Some(Self {
            id: id.to_owned(),
            receive_count: receive_count.parse().ok()?,
        })
    }
}

/// A message attribute's type and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// `DataType`: `String`, `Number` or `Binary`, with a custom label if any.
    pub data_type: String,
    /// The value.
    pub value: AttributeValue,
}

/// A message attribute's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttributeValue {
    /// `StringValue`, also of numbers.
    Text(String),
    /// `BinaryValue`.
    Bytes(Vec<u8>),
}

impl Attribute {
    /// A string attribute.
    pub fn string(value: impl Into<String>) -> Self {
        Self {
            data_type: "String".to_owned(),
            value: AttributeValue::Text(value.into()),
        }
    }
}

/// The bytes of attributes that count towards the limits of messages.
pub(crate) fn bytes_of(attributes: &BTreeMap<String, Attribute>) -> usize {
    let bytes = attributes.iter().map(|(name, attribute)| {
        let value = match &attribute.value {
            AttributeValue::Text(text) => text.len(),
            AttributeValue::Bytes(bytes) => bytes.len(),
        };
        name.len() + attribute.data_type.len() + value
    });
    bytes.sum()
}

/// `MD5OfMessageBody`.
pub(crate) fn md5_of_body(body: &str) -> String {
    hex(&Md5::digest(body.as_bytes()))
}

/// `MD5OfMessageAttributes`, which SDKs check; `None` without attributes. See
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation>.
pub(crate) fn md5_of_attributes(attributes: &BTreeMap<String, Attribute>) -> Option<String> {
    const TEXT: u8 = 1;
    const BYTES: u8 = 2;

    if attributes.is_empty() {
        return None;
    }
    let mut hash = Md5::new();
    let mut field = |bytes: &[u8], before: Option<u8>| {
        if let Some(kind) = before {
            hash.update([kind]);
        }
        // A message is at most 1 MiB long.
        hash.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(bytes);
    };
    for (name, attribute) in attributes {
        field(name.as_bytes(), None);
        field(attribute.data_type.as_bytes(), None);
        match &attribute.value {
            AttributeValue::Text(text) => field(text.as_bytes(), Some(TEXT)),
            AttributeValue::Bytes(bytes) => field(bytes, Some(BYTES)),
        }
    }
    Some(hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The system attributes of a received message.
pub(crate) fn system_attributes(message: &Message) -> BTreeMap<&'static str, String> {
    const SENDER: &str = "AIDACKCEVSQ6C2EXAMPLE";

    let millis = |at: Timestamp| at.as_millisecond().to_string();
    let attributes = [
        (
            "ApproximateReceiveCount",
            Some(message.receive_count.to_string()),
        ),
        ("SentTimestamp", Some(millis(message.sent_at))),
        ("SenderId", Some(SENDER.to_owned())),
        (
            "ApproximateFirstReceiveTimestamp",
            message.first_received_at.map(millis),
        ),
        ("AWSTraceHeader", message.trace_header.clone()),
        ("MessageGroupId", message.group.clone()),
        ("MessageDeduplicationId", message.deduplication.clone()),
        ("SequenceNumber", message.sequence.clone()),
        (
            "DeadLetterQueueSourceArn",
            message.dead_letter_source.clone(),
        ),
    ];
    attributes
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
