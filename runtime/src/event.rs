//! The SQS event as Lambda sends it, read once into byte ranges per record.
//!
//! A field is decoded only when it is used: most handlers need the body alone,
//! and a field that cannot be read must fail its own record, not the batch.

pub(crate) mod json;
mod read;

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use bytes_utils::Str;
use serde::de::DeserializeOwned;

pub(crate) use self::read::Field;
use self::read::RecordRanges;
use crate::{error::BoxError, failure::InvocationError};

/// A batch of records from one queue; clones share the bytes.
#[derive(Clone, Debug)]
pub(crate) struct Event(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    text: Str,
    records: Arc<Vec<RecordRanges>>,
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    ///
    /// If it is not JSON, not an SQS event, or has a record without an id:
    /// without the id there is no way to report that record's failure, so
    /// nothing of the batch may run.
    pub(crate) fn read(bytes: Bytes) -> Result<Self, InvocationError> {
        let malformed = InvocationError::malformed_event;
        let text = Str::from_inner(bytes)
            .map_err(|error| malformed(format!("not UTF-8: {}", error.utf8_error())))?;
        let records = Arc::new(read::records(&text).map_err(malformed)?);
        Ok(Self(Arc::new(Inner { text, records })))
    }

    /// The same event, whose clones are counted apart from those of this one: two
    /// threads that clone one for each record would wait for each other.
    pub(crate) fn for_thread(&self) -> Self {
        Self(Arc::new(Inner {
            text: self.0.text.clone(),
            records: Arc::clone(&self.0.records),
        }))
    }

    /// The number of records.
    pub(crate) fn len(&self) -> usize {
        self.0.records.len()
    }

    /// The record at `index`, which must be less than [`Self::len`].
    pub(crate) fn record(&self, index: usize) -> Fields<'_> {
        Fields {
            event: &self.0.text,
            ranges: &self.0.records[index],
        }
    }

    pub(crate) fn records(&self) -> impl ExactSizeIterator<Item = Fields<'_>> {
        (0..self.len()).map(|index| self.record(index))
    }

    /// Whether the records come from a FIFO queue.
    ///
    /// `MessageGroupId` does not imply FIFO: standard queues carry it too, for
    /// [fair queues](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html).
    pub(crate) fn is_fifo(&self) -> bool {
        // As raw JSON: no ARN has a character that is escaped.
        self.records()
            .filter_map(|record| record.get(Field::EventSourceArn))
            .any(|arn| arn.ends_with(".fifo\""))
    }

    /// The name of the queue, if a record has it.
    pub(crate) fn queue_name(&self) -> Option<String> {
        self.records().find_map(|record| record.queue_name())
    }

    /// An event with only the id and the attributes of this record.
    ///
    /// A span that outlives the invocation must not keep the whole event alive.
    pub(crate) fn only_context_of(&self, index: usize) -> Self {
        let (text, ranges) =
            self.0.records[index].copy_of(&self.0.text, [Field::MessageId, Field::Attributes]);
        Self(Arc::new(Inner {
            text: text.into(),
            records: Arc::new(vec![ranges]),
        }))
    }
}

/// The fields of one record, as raw JSON.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'e> {
    event: &'e str,
    ranges: &'e RecordRanges,
}

impl<'e> Fields<'e> {
    /// The raw JSON of a field; `None` if it is missing or `null`.
    pub(crate) fn get(&self, field: Field) -> Option<&'e str> {
        let json = self.ranges.piece(field, self.event);
        (!json.is_empty() && json != "null").then_some(json)
    }

    /// The message's id; never empty.
    pub(crate) fn id(&self) -> Cow<'e, str> {
        // Reading the event has checked that it is a string.
        self.string(Field::MessageId).unwrap_or_default()
    }

    /// The ARN of the queue, if it is a string.
    pub(crate) fn queue_arn(&self) -> Option<Cow<'e, str>> {
        self.string(Field::EventSourceArn)
    }

    /// The last part of the queue's ARN.
    pub(crate) fn queue_name(&self) -> Option<String> {
        let arn = self.queue_arn()?;
        let name = arn.rsplit(':').next()?;
        (!name.is_empty()).then(|| name.to_owned())
    }

    /// The decoded value of a field that should be a string.
    pub(crate) fn string(&self, field: Field) -> Option<Cow<'e, str>> {
        json::string(self.get(field)?).ok()
    }

    /// Decodes a field; the type's default if the field is missing.
    ///
    /// # Errors
    ///
    /// If it has another type.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self, field: Field) -> Result<T, BoxError> {
        let Some(value) = self.get(field) else {
            return Ok(T::default());
        };
        json::from_str(value)
            .map_err(|error| format!("cannot read `{}`: {error}", field.name()).into())
    }
}
