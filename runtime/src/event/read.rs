//! Finds the records of an event and where the fields of each are.
//!
//! Why `serde_json` does this: docs/decisions/0001-event-reader.md.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    Fields,
    json::{self, MaybeBorrowed},
};

const SQS: &str = "aws:sqs";

/// The most keys that an error about another kind of event lists.
const MAX_KEYS_IN_ERROR: usize = 10;

/// The fields of a record:
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event>.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
pub(crate) enum Field {
    MessageId,
    ReceiptHandle,
    Body,
    Attributes,
    MessageAttributes,
    Md5OfBody,
    Md5OfMessageAttributes,
    // With a capital in events of SNS.
    #[serde(alias = "EventSource")]
    EventSource,
    #[serde(rename = "eventSourceARN")]
    EventSourceArn,
    AwsRegion,
    #[serde(other)]
    Unknown,
}

impl Field {
    const KNOWN: usize = Self::Unknown as usize;

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::MessageId => "messageId",
            Self::ReceiptHandle => "receiptHandle",
            Self::Body => "body",
            Self::Attributes => "attributes",
            Self::MessageAttributes => "messageAttributes",
            Self::Md5OfBody => "md5OfBody",
            Self::Md5OfMessageAttributes => "md5OfMessageAttributes",
            Self::EventSource => "eventSource",
            Self::EventSourceArn => "eventSourceARN",
            Self::AwsRegion => "awsRegion",
            Self::Unknown => "unknown field",
        }
    }
}

/// Where in the event each field of one record is.
#[derive(Clone, Debug)]
pub(crate) struct RecordRanges([FieldRange; Field::KNOWN]);

/// Empty if the field is missing. 32 bits, because Lambda's events have at most 6 MB.
#[derive(Clone, Copy, Debug, Default)]
struct FieldRange {
    start: u32,
    length: u32,
}

impl RecordRanges {
    pub(super) fn piece<'e>(&self, field: Field, event: &'e str) -> &'e str {
        let range = self.0.get(field as usize).copied().unwrap_or_default();
        let start = range.start as usize;
        event
            .get(start..start + range.length as usize)
            .unwrap_or_default()
    }

    /// Copies these fields into a new text.
    pub(super) fn copy_of<const N: usize>(
        &self,
        event: &str,
        fields: [Field; N],
    ) -> (String, Self) {
        let mut text = String::new();
        let mut ranges = [FieldRange::default(); Field::KNOWN];
        for field in fields {
            let piece = self.piece(field, event);
            ranges[field as usize] = FieldRange {
                start: text.len() as u32,
                length: piece.len() as u32,
            };
            text.push_str(piece);
        }
        (text, Self(ranges))
    }

    /// Counts from the start of the event what was read with [addresses](address).
    fn relative_to(&mut self, event: &str) {
        for range in &mut self.0 {
            range.start = range.start.wrapping_sub(address(event));
        }
    }
}

/// The low half of an address: enough for the distance between two of one event.
fn address(text: &str) -> u32 {
    text.as_ptr().addr() as u32
}

/// The records of an event.
///
/// # Errors
///
/// Describes what the event is instead, without its values.
pub(super) fn records(event: &str) -> Result<Vec<RecordRanges>, String> {
    if u32::try_from(event.len()).is_err() {
        return Err("longer than 4 GiB".to_owned());
    }
    let envelope: Envelope<'_> = json::from_str(event)?;
    let Some(mut records) = envelope.records else {
        let keys: Vec<_> = envelope
            .other_keys
            .iter()
            .map(|key| format!("`{key}`"))
            .collect();
        return Err(match keys.is_empty() {
            true => "an empty object".to_owned(),
            false => format!("no `Records`, but {}", keys.join(", ")),
        });
    };
    for (index, ranges) in records.iter_mut().enumerate() {
        ranges.relative_to(event);
        check(&Fields { event, ranges }).map_err(|problem| format!("record {index} {problem}"))?;
    }
    Ok(records)
}

fn check(record: &Fields<'_>) -> Result<(), String> {
    if let Some(source) = record.string(Field::EventSource)
        && source != SQS
    {
        return Err(format!("comes from `{source}`, not from `{SQS}`"));
    }
    let id = record.string(Field::MessageId);
    let problem = match (record.get(Field::MessageId), id) {
        (None, _) => "has no `messageId`",
        (Some(_), Some(id)) if !id.is_empty() => return Ok(()),
        _ => "has a `messageId` that is not a string or is empty",
    };
    Err(format!("{problem}, so its failure could not be reported"))
}

/// The event around the records.
struct Envelope<'e> {
    records: Option<Vec<RecordRanges>>,
    other_keys: Vec<Cow<'e, str>>,
}

// Not derived, because a derived struct can also be read from an array.
impl<'de: 'e, 'e> Deserialize<'de> for Envelope<'e> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys;

        impl<'de> Visitor<'de> for Keys {
            type Value = Envelope<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an SQS event")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut records = None;
                let mut other_keys = Vec::new();
                while let Some(MaybeBorrowed(key)) = map.next_key()? {
                    if key == "Records" {
                        if records.replace(map.next_value()?).is_some() {
                            return Err(A::Error::duplicate_field("Records"));
                        }
                        continue;
                    }
                    if other_keys.len() < MAX_KEYS_IN_ERROR {
                        other_keys.push(key);
                    }
                    map.next_value::<IgnoredAny>()?;
                }
                Ok(Envelope {
                    records,
                    other_keys,
                })
            }
        }

        // As a struct, so that an error names `Records`.
        deserializer.deserialize_struct("SqsEvent", &["Records"], Keys)
    }
}

impl<'de> Deserialize<'de> for RecordRanges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = RecordRanges;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut ranges = [FieldRange::default(); Field::KNOWN];
                while let Some(field) = map.next_key::<Field>()? {
                    let Some(range) = ranges.get_mut(field as usize) else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    if field == Field::MessageId && range.length > 0 {
                        return Err(A::Error::duplicate_field("messageId"));
                    }
                    let json = map.next_value::<&RawValue>()?.get();
                    *range = FieldRange {
                        start: address(json),
                        length: json.len() as u32,
                    };
                }
                Ok(RecordRanges(ranges))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
