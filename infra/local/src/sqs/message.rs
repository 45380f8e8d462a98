//! A message, as a queue stores it.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use jiff::Timestamp;
use md5::{Digest, Md5};
use redrive_model::names::ROUND;
use serde::{Deserialize, Serialize};

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
    pub attributes: Attributes,
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
        BASE64_STANDARD.encode(self.receipt())
    }

    /// The receipt handle, decoded.
    pub(super) fn receipt(&self) -> String {
        format!("{} {}", self.id, self.receive_count)
    }
}

/// A message attribute, as the API has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attribute {
    /// `DataType`: `String`, `Number` or `Binary`, with a custom label if any.
    pub data_type: String,
    /// The value.
    #[serde(flatten)]
    pub value: AttributeValue,
}

/// A message attribute's value.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum AttributeValue {
    /// `StringValue`, also of numbers.
    #[serde(rename = "StringValue")]
    Text(String),
    /// `BinaryValue`, in Base64.
    #[serde(rename = "BinaryValue")]
    Binary(String),
}

/// The attributes of a message, by name.
pub type Attributes = BTreeMap<String, Attribute>;

impl Attribute {
    /// A string attribute.
    pub fn string(value: impl Into<String>) -> Self {
        Self::text("String", value)
    }

    pub(crate) fn text(data_type: &str, value: impl Into<String>) -> Self {
        Self {
            data_type: data_type.to_owned(),
            value: AttributeValue::Text(value.into()),
        }
    }

    /// Whether the type and the value are valid together.
    pub(crate) fn is_valid(&self) -> bool {
        let kind = self.data_type.split('.').next();
        match &self.value {
            AttributeValue::Text(_) => matches!(kind, Some("String" | "Number")),
            AttributeValue::Binary(text) => {
                kind == Some("Binary") && BASE64_STANDARD.decode(text).is_ok()
            }
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match &self.value {
            AttributeValue::Text(text) => text.as_bytes().to_vec(),
            // It was decoded when it was sent.
            AttributeValue::Binary(text) => BASE64_STANDARD.decode(text).unwrap_or_default(),
        }
    }
}

/// The text of a message attribute.
pub(super) fn text<'a>(attributes: &'a Attributes, name: &str) -> Option<&'a str> {
    match &attributes.get(name)?.value {
        AttributeValue::Text(text) => Some(text),
        AttributeValue::Binary(_) => None,
    }
}

/// The number of the redrive, if a worker counts them.
pub(super) fn round(attributes: &Attributes) -> Option<u32> {
    text(attributes, ROUND)?.parse().ok()
}

/// The bytes of attributes that count towards the limits of messages.
pub(crate) fn bytes_of(attributes: &Attributes) -> usize {
    let bytes = attributes
        .iter()
        .map(|(name, attribute)| name.len() + attribute.data_type.len() + attribute.bytes().len());
    bytes.sum()
}

/// `MD5OfMessageBody`.
pub(crate) fn md5_of_body(body: &str) -> String {
    hex(&Md5::digest(body.as_bytes()))
}

/// `MD5OfMessageAttributes`, which SDKs check; `None` without attributes. See
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-attributes-md5-message-digest-calculation>.
pub(crate) fn md5_of_attributes(attributes: &Attributes) -> Option<String> {
    let mut hash = Md5::new();
    let field = |hash: &mut Md5, bytes: &[u8]| {
        // A message is at most 1 MiB long.
        hash.update(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        hash.update(bytes);
    };
    for (name, attribute) in attributes {
        field(&mut hash, name.as_bytes());
        field(&mut hash, attribute.data_type.as_bytes());
        hash.update(match attribute.value {
            AttributeValue::Text(_) => [1],
            AttributeValue::Binary(_) => [2],
        });
        field(&mut hash, &attribute.bytes());
    }
    (!attributes.is_empty()).then(|| hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The system attributes of a received message.
pub(crate) fn system_attributes(message: &Message) -> BTreeMap<&'static str, String> {
    const SENDER: &str = "AIDACKCEVSQ6C2EXAMPLE";

    let millis = |at: Timestamp| at.as_millisecond().to_string();
    let first_received_at = message.first_received_at.map(millis);
    let mut attributes = BTreeMap::from([
        ("ApproximateReceiveCount", message.receive_count.to_string()),
        ("SentTimestamp", millis(message.sent_at)),
        ("SenderId", SENDER.to_owned()),
    ]);
    let optional = [
        ("ApproximateFirstReceiveTimestamp", &first_received_at),
        ("AWSTraceHeader", &message.trace_header),
        ("MessageGroupId", &message.group),
        ("MessageDeduplicationId", &message.deduplication),
        ("SequenceNumber", &message.sequence),
        ("DeadLetterQueueSourceArn", &message.dead_letter_source),
    ];
    for (name, value) in optional {
        attributes.extend(value.clone().map(|value| (name, value)));
    }
    attributes
}
