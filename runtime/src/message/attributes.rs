//! The attributes that a sender adds to a message.

use std::collections::{BTreeMap, HashMap};

use aws_lambda_events::{encodings::Base64Data, sqs::SqsMessageAttribute};
use redrive_model::{
    limits::{MESSAGE_ATTRIBUTES, MESSAGE_BYTES},
    names::{ADDED_ATTRIBUTES, ROUND},
};
use serde::Deserialize;

use crate::{
    error::BoxError,
    event::{Field, Fields},
};

/// The attributes that a sender added to a message, by name:
/// [message attributes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-message-attributes).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageAttributes(BTreeMap<String, Attribute>);

/// One message attribute.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Attribute {
    /// `String`, with or without a label of the sender (`String.label`).
    String(String),
    /// `Number`, with or without a label (`Number.label`). It is the text that was
    /// sent, because SQS allows 38 digits.
    Number(String),
    /// `Binary`, with or without a label (`Binary.label`).
    Binary(Vec<u8>),
}

impl MessageAttributes {
    /// The attribute of this name.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.0.get(name)
    }

    /// The text of a string attribute.
    pub fn string(&self, name: &str) -> Option<&str> {
        match self.0.get(name)? {
            Attribute::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a number attribute, if `N` can hold it.
    pub fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        match self.0.get(name)? {
            Attribute::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The bytes of a binary attribute.
    pub fn binary(&self, name: &str) -> Option<&[u8]> {
        match self.0.get(name)? {
            Attribute::Binary(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Attribute)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Adds one, for a test that creates its own message.
    pub fn insert(&mut self, name: impl Into<String>, value: Attribute) {
        self.0.insert(name.into(), value);
    }

    /// Those that SQS delivers next to the body.
    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, BoxError> {
        Self::typed(read(fields)?)
    }

    /// Those in SNS's envelope.
    pub(super) fn from_sns(published: BTreeMap<String, Published>) -> Result<Self, BoxError> {
        let delivered = published.into_iter();
        Self::typed(delivered.map(|(name, it)| (name, it.into())).collect())
    }

    fn typed(delivered: BTreeMap<String, Delivered>) -> Result<Self, BoxError> {
        let attributes = delivered.into_iter().map(|(name, delivered)| {
            let value = delivered.typed().ok_or_else(|| not_typed(&name))?;
            Ok((name, value))
        });
        attributes.collect::<Result<_, _>>().map(Self)
    }
}

fn not_typed(name: &str) -> BoxError {
    format!("message attribute `{name}` has no value of its data type").into()
}

/// The part of a data type before the sender's label.
fn kind(data_type: &str) -> &str {
    data_type.split('.').next().unwrap_or_default()
}

/// The attributes as `aws_lambda_events` models them.
///
/// # Errors
///
/// If one cannot be read, or has no data type: with every field optional, as in
/// [`SqsMessageAttribute`], an attribute in another spelling would be read as one
/// without a value.
pub(crate) fn raw_attributes(
    fields: &Fields<'_>,
) -> Result<HashMap<String, SqsMessageAttribute>, BoxError> {
    let delivered = read(fields)?.into_iter();
    Ok(delivered.map(|(name, it)| (name, it.into())).collect())
}

fn read(fields: &Fields<'_>) -> Result<BTreeMap<String, Delivered>, BoxError> {
    fields.read(Field::MessageAttributes)
}

/// What a message has of the attributes that a worker adds, and its room for them.
pub(crate) struct Room {
    /// The number of the redrive that brought it; 0 if it was not redriven.
    pub(crate) round: u32,
    /// The attributes of the sender.
    own: usize,
    /// Bytes of the body and of these.
    bytes: usize,
}

impl Room {
    /// # Errors
    ///
    /// If an attribute cannot be read.
    pub(crate) fn of(fields: &Fields<'_>, body: &str) -> Result<Self, BoxError> {
        let mut room = Self {
            round: 0,
            own: 0,
            bytes: body.len(),
        };
        for (
            name,
            Delivered {
                string_value,
                binary_value,
                data_type,
            },
        ) in read(fields)?
        {
            let text = string_value.as_deref().unwrap_or_default();
            if name == ROUND {
                room.round = text.parse().unwrap_or_default();
            }
            if !ADDED_ATTRIBUTES.contains(&name.as_str()) {
                let binary = binary_value.map_or(0, |data| data.0.len());
                room.own += 1;
                room.bytes += name.len() + data_type.len() + text.len() + binary;
            }
        }
        Ok(room)
    }

    /// Whether the round can be added, instead of what a worker added before.
    pub(crate) fn has_room_for_round(&self) -> bool {
        let digits = self.round.saturating_add(1).to_string().len();
        let bytes = ROUND.len() + "Number".len() + digits;
        self.own < MESSAGE_ATTRIBUTES && self.bytes + bytes <= MESSAGE_BYTES
    }
}

/// An attribute as Lambda delivers it, or in the spelling of SQS's own API, which
/// some emulators (`serverless-offline-sqs`) pass on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivered {
    #[serde(alias = "StringValue")]
    string_value: Option<String>,
    #[serde(alias = "BinaryValue")]
    binary_value: Option<Base64Data>,
    #[serde(alias = "DataType")]
    data_type: String,
}

/// An attribute as SNS publishes it.
#[derive(Deserialize)]
pub(super) struct Published {
    #[serde(rename = "Type")]
    data_type: String,
    #[serde(rename = "Value")]
    value: String,
}

impl Delivered {
    fn typed(self) -> Option<Attribute> {
        match kind(&self.data_type) {
            "String" => self.string_value.map(Attribute::String),
            "Number" => self.string_value.map(Attribute::Number),
            "Binary" => self.binary_value.map(|bytes| Attribute::Binary(bytes.0)),
            _ => None,
        }
    }
}

impl From<Published> for Delivered {
    fn from(Published { data_type, value }: Published) -> Self {
        let is_binary = kind(&data_type) == "Binary";
        Self {
            binary_value: is_binary
                .then(|| serde_json::from_value(value.as_str().into()).ok())
                .flatten(),
            string_value: (!is_binary).then_some(value),
            data_type,
        }
    }
}

impl From<Delivered> for SqsMessageAttribute {
    fn from(delivered: Delivered) -> Self {
        let mut attribute = Self::default();
        attribute.string_value = delivered.string_value;
        attribute.binary_value = delivered.binary_value;
        attribute.data_type = Some(delivered.data_type);
        attribute
    }
}
