//! The SQS event as Lambda sends it, read without copying.
//!
//! Every field of a record stays the piece of JSON it was until somebody asks
//! for it: most handlers want the body alone, and a field that cannot be read
//! must fail its own record, not the batch.

use std::{borrow::Cow, fmt};

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess,
    Visitor,
};
use serde_json::value::RawValue;

use crate::{invocation::InvocationError, json};

const SQS: &str = "aws:sqs";

/// A batch of records from one queue.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    pub(crate) records: Vec<Fields<'a>>,
}

/// The fields of one record.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    /// The id as it stands in the event: a text that is not empty.
    pub(crate) id: &'a RawValue,
    pub(crate) queue_arn: Option<&'a RawValue>,
    pub(crate) body: Option<&'a RawValue>,
    pub(crate) receipt_handle: Option<&'a RawValue>,
    pub(crate) attributes: Option<&'a RawValue>,
    pub(crate) message_attributes: Option<&'a RawValue>,
    pub(crate) md5_of_body: Option<&'a RawValue>,
    pub(crate) md5_of_message_attributes: Option<&'a RawValue>,
    pub(crate) event_source: Option<&'a RawValue>,
    pub(crate) region: Option<&'a RawValue>,
}

impl<'a> Event<'a> {
    /// Reads an event.
    ///
    /// # Errors
    ///
    /// If it is not JSON, not an SQS event, or has a record without an id:
    /// without the id there is no way to report that record's failure, so
    /// nothing of the batch may run.
    pub(crate) fn parse(event: &'a [u8]) -> Result<Self, InvocationError> {
        let text = std::str::from_utf8(event)
            .map_err(|error| InvocationError::malformed_event(format!("not UTF-8: {error}")))?;
        let mut json = serde_json::Deserializer::from_str(text);
        let event = Event::deserialize(&mut json)
            .and_then(|event| json.end().map(|()| event))
            .map_err(|error| InvocationError::malformed_event(json::describe(&error)))?;
        Ok(event)
    }

    /// Whether the records come from a FIFO queue.
    ///
    /// The group id says nothing: standard queues carry it too, for
    /// [fair queues](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html).
    pub(crate) fn is_fifo(&self) -> bool {
        self.records
            .iter()
            .filter_map(|record| record.queue_arn)
            // The closing quote included: no part of the suffix needs an escape.
            .any(|arn| arn.get().ends_with(".fifo\""))
    }
}

impl<'a> Fields<'a> {
    /// The message's id; never empty.
    pub(crate) fn id(&self) -> Cow<'a, str> {
        // Was read as a text when the event was parsed.
        json::text(self.id.get()).unwrap_or_default()
    }

    /// The ARN of the queue, if there is one that can be read.
    pub(crate) fn queue_arn(&self) -> Option<Cow<'a, str>> {
        json::text(self.queue_arn?.get()).ok()
    }
}

impl<'de> Deserialize<'de> for Event<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor)
    }
}

struct EventVisitor;

impl<'de> Visitor<'de> for EventVisitor {
    type Value = Event<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SQS event, an object with a list `Records`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut records = None;
        let mut others: Vec<String> = Vec::new();
        while let Some(key) = map.next_key_seed(json::Text)? {
            if key == "Records" {
                records = Some(map.next_value_seed(RecordsSeed)?);
            } else {
                others.push(format!("`{key}`"));
                map.next_value::<IgnoredAny>()?;
            }
        }
        match records {
            Some(records) => Ok(Event { records }),
            None if others.is_empty() => Err(A::Error::custom("an empty object")),
            None => {
                others.truncate(10);
                Err(A::Error::custom(format_args!(
                    "no `Records`, but {}",
                    others.join(", ")
                )))
            }
        }
    }
}

struct RecordsSeed;

impl<'de> DeserializeSeed<'de> for RecordsSeed {
    type Value = Vec<Fields<'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for RecordsSeed {
    type Value = Vec<Fields<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut records = Vec::new();
        while let Some(record) = list.next_element_seed(RecordSeed {
            index: records.len(),
        })? {
            records.push(record);
        }
        Ok(records)
    }
}

struct RecordSeed {
    index: usize,
}

impl<'de> DeserializeSeed<'de> for RecordSeed {
    type Value = Fields<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "record {} to be an object", self.index)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut id: Option<&'de RawValue> = None;
        let mut queue_arn = None;
        let mut body = None;
        let mut receipt_handle = None;
        let mut attributes = None;
        let mut message_attributes = None;
        let mut md5_of_body = None;
        let mut md5_of_message_attributes = None;
        let mut event_source = None;
        let mut other_source = None;
        let mut region = None;
        while let Some(key) = map.next_key_seed(json::Text)? {
            let field = match &*key {
                "messageId" => &mut id,
                "body" => &mut body,
                "receiptHandle" => &mut receipt_handle,
                "attributes" => &mut attributes,
                "messageAttributes" => &mut message_attributes,
                "md5OfBody" => &mut md5_of_body,
                "md5OfMessageAttributes" => &mut md5_of_message_attributes,
                "eventSource" => &mut event_source,
                // SNS's spelling: known only to say what came instead of SQS.
                "EventSource" => &mut other_source,
                "eventSourceARN" => &mut queue_arn,
                "awsRegion" => &mut region,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *field = map.next_value()?;
        }
        if let Some(source) = event_source.or(other_source)
            && let Ok(source) = json::text(source.get())
            && source != SQS
        {
            return Err(A::Error::custom(format_args!(
                "record {} comes from `{source}`, not from `{SQS}`",
                self.index
            )));
        }
        let Some(id) = id else {
            return Err(A::Error::custom(format_args!(
                "record {} has no `messageId`, so that its failure could not be reported",
                self.index
            )));
        };
        if !json::text(id.get()).is_ok_and(|id| !id.is_empty()) {
            return Err(A::Error::custom(format_args!(
                "record {} has a `messageId` that is not a text or is empty, so that its failure could not be reported",
                self.index
            )));
        }
        Ok(Fields {
            id,
            queue_arn,
            body,
            receipt_handle,
            attributes,
            message_attributes,
            md5_of_body,
            md5_of_message_attributes,
            event_source,
            region,
        })
    }
}
