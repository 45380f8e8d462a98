//! Finds the records of an event and where the fields of each are.
//!
//! Why `serde_json` does this: docs/decisions/0001-event-reader.md.

use std::{borrow::Cow, fmt, ops::Range};

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::json::{self, MaybeBorrowed};

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

/// Where in the event each field of one record is; empty if it is missing. 32 bits,
/// because Lambda's events have at most 6 MB.
#[derive(Clone, Debug)]
pub(crate) struct RecordRanges([Range<u32>; Field::KNOWN]);

fn range(start: usize, length: usize) -> Range<u32> {
    // Past the end of every event, so that the field counts as missing.
    let narrow = |index| u32::try_from(index).unwrap_or(u32::MAX);
    narrow(start)..narrow(start + length)
}

impl RecordRanges {
    pub(super) fn piece<'e>(&self, field: Field, event: &'e [u8]) -> &'e [u8] {
        let range = self.0.get(field as usize).cloned().unwrap_or_default();
        event
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default()
    }

    /// Copies these fields into new bytes.
    pub(super) fn copy_of<const N: usize>(
        &self,
        event: &[u8],
        fields: [Field; N],
    ) -> (Vec<u8>, Self) {
        let mut bytes = Vec::new();
        let mut ranges = [const { 0..0 }; Field::KNOWN];
        for field in fields {
            let piece = self.piece(field, event);
            ranges[field as usize] = range(bytes.len(), piece.len());
            bytes.extend_from_slice(piece);
        }
        (bytes, Self(ranges))
    }
}

/// The records of an event.
///
/// # Errors
///
/// Describes what the event is instead, without its values.
pub(super) fn records(event: &[u8]) -> Result<Vec<RecordRanges>, String> {
    let text = std::str::from_utf8(event).map_err(|error| format!("not UTF-8: {error}"))?;
    let envelope: Envelope<'_> = json::from_str(text)?;
    let Some(records) = envelope.records else {
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
    records
        .into_iter()
        .enumerate()
        .map(|(index, record)| {
            check(&record).map_err(|problem| format!("record {index} {problem}"))?;
            Ok(record.ranges_in(text))
        })
        .collect()
}

fn check(record: &RawRecord<'_>) -> Result<(), String> {
    let string = |field| json::string(record.get(field)?).ok();
    if let Some(source) = string(Field::EventSource)
        && source != SQS
    {
        return Err(format!("comes from `{source}`, not from `{SQS}`"));
    }
    let problem = match (record.get(Field::MessageId), string(Field::MessageId)) {
        (None, _) => "has no `messageId`",
        (Some(_), Some(id)) if !id.is_empty() => return Ok(()),
        _ => "has a `messageId` that is not a string or is empty",
    };
    Err(format!("{problem}, so its failure could not be reported"))
}

/// The event around the records.
struct Envelope<'e> {
    records: Option<Vec<RawRecord<'e>>>,
    other_keys: Vec<Cow<'e, str>>,
}

/// The fields of a record as they are in the event.
struct RawRecord<'e>([Option<&'e RawValue>; Field::KNOWN]);

impl<'e> RawRecord<'e> {
    fn get(&self, field: Field) -> Option<&'e str> {
        let json = self.0[field as usize]?.get();
        (json != "null").then_some(json)
    }

    fn ranges_in(&self, event: &str) -> RecordRanges {
        RecordRanges(self.0.map(|value| {
            value.map_or(0..0, |value| {
                let start = value.get().as_ptr() as usize - event.as_ptr() as usize;
                range(start, value.get().len())
            })
        }))
    }
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

impl<'de: 'e, 'e> Deserialize<'de> for RawRecord<'e> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = RawRecord<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = [None; Field::KNOWN];
                while let Some(field) = map.next_key::<Field>()? {
                    let Some(known) = fields.get_mut(field as usize) else {
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    if known.replace(map.next_value()?).is_some() && field == Field::MessageId {
                        return Err(A::Error::duplicate_field("messageId"));
                    }
                }
                Ok(RawRecord(fields))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
