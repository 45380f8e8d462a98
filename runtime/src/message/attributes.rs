//! The attributes a sender puts beside a message's body.

use std::collections::BTreeMap;

use aws_lambda_events::encodings::Base64Data;
use serde::Deserialize;

use crate::{error::BoxError, event::Fields};

/// What a sender put beside the body, by name:
/// [message attributes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html#sqs-message-attributes).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MessageAttributes(BTreeMap<String, Attribute>);

/// One message attribute.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Attribute {
    /// `String`, with or without a label of the sender's own (`String.label`).
    String(String),
    /// `Number`, with or without a label (`Number.label`); as it was sent, since
    /// SQS allows 38 digits.
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

    /// Adds one, for a test that makes its own message.
    pub fn insert(&mut self, name: impl Into<String>, value: Attribute) {
        self.0.insert(name.into(), value);
    }

    pub(crate) fn read(fields: &Fields<'_>) -> Result<Self, BoxError> {
        let sent: BTreeMap<String, Sent> = fields.read("messageAttributes")?;
        sent.into_iter()
            .map(|(name, sent)| match sent.typed() {
                Some(value) => Ok((name, value)),
                None => {
                    Err(format!("message attribute `{name}` has no value of its `dataType`").into())
                }
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    string_value: Option<String>,
    binary_value: Option<Base64Data>,
    data_type: String,
}

impl Sent {
    fn typed(self) -> Option<Attribute> {
        let kind = self.data_type.split('.').next()?;
        match kind {
            "String" => self.string_value.map(Attribute::String),
            "Number" => self.string_value.map(Attribute::Number),
            "Binary" => self.binary_value.map(|bytes| Attribute::Binary(bytes.0)),
            _ => None,
        }
    }
}
