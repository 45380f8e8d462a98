//! The SQS event as Lambda sends it, read without copying.
//!
//! Every field of a record stays the piece of JSON it was until somebody asks
//! for it: most handlers want the body alone, and a field that cannot be read
//! must fail its own record, not the batch.

pub(crate) mod json;
mod scan;

use std::borrow::Cow;

use serde::de::{DeserializeOwned, IgnoredAny};

use self::scan::{Broken, Scanner};
use crate::{error::BoxError, failure::InvocationError};

const SQS: &str = "aws:sqs";

/// How many keys of what is no SQS event are told.
const MOST_KEYS: usize = 10;

/// What Lambda sends of a message with a short body, in bytes.
const RECORD_LENGTH: usize = 600;

/// A batch of records from one queue.
#[derive(Debug)]
pub(crate) struct Event<'a> {
    pub(crate) records: Vec<Fields<'a>>,
}

/// The fields of one record, each as it stands in the event.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    /// The record itself, where the fields are that few ask for.
    pub(crate) json: &'a str,
    /// A text that is not empty.
    pub(crate) id: &'a str,
    pub(crate) body: Option<&'a str>,
    pub(crate) queue_arn: Option<&'a str>,
    pub(crate) attributes: Option<&'a str>,
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
        read(text).map_err(|unfit| InvocationError::malformed_event(unfit.describe(text)))
    }

    /// Whether the records come from a FIFO queue.
    ///
    /// The group id says nothing: standard queues carry it too, for
    /// [fair queues](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html).
    pub(crate) fn is_fifo(&self) -> bool {
        self.records
            .iter()
            .filter_map(Fields::queue_arn)
            .any(|arn| arn.ends_with(".fifo"))
    }
}

impl<'a> Fields<'a> {
    /// The message's id; never empty.
    pub(crate) fn id(&self) -> Cow<'a, str> {
        // Was read as a text when the event was parsed.
        json::text(self.id).unwrap_or_default()
    }

    /// The ARN of the queue, if there is one that can be read.
    pub(crate) fn queue_arn(&self) -> Option<Cow<'a, str>> {
        json::text(self.queue_arn?).ok()
    }

    /// A field by its name; none if it is `null`. Goes through the whole record.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let mut found = None;
        let read: Result<(), Broken> = Scanner::new(self.json).object(|scanner, key| {
            let value = scanner.value()?;
            if key == name {
                found = present(value);
            }
            Ok(())
        });
        read.ok().and(found)
    }

    /// Reads a field; the type's default if there is none.
    ///
    /// # Errors
    ///
    /// If it is of another type.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, BoxError> {
        let Some(value) = self.get(name) else {
            return Ok(T::default());
        };
        serde_json::from_str(value)
            .map_err(|error| format!("`{name}` cannot be read: {}", json::describe(&error)).into())
    }
}

fn present(value: &str) -> Option<&str> {
    (value != "null").then_some(value)
}

/// Why a text is not an SQS event.
enum Unfit {
    /// It is not JSON.
    Broken,
    /// Another type of value stands where this was expected.
    Type {
        first: u8,
        expected: Cow<'static, str>,
    },
    /// Anything else.
    Content(String),
}

impl From<Broken> for Unfit {
    fn from(Broken: Broken) -> Self {
        Self::Broken
    }
}

impl Unfit {
    fn describe(self, text: &str) -> String {
        // Before all else: what is not JSON is no value of the wrong type either.
        if let Err(error) = serde_json::from_str::<IgnoredAny>(text)
            && !matches!(self, Self::Content(_))
        {
            return json::describe(&error);
        }
        match self {
            Self::Broken => "a key that is not a text".to_owned(),
            Self::Type { first, expected } => {
                let kind = match first {
                    b'{' => "object",
                    b'[' => "list",
                    b'"' => "string",
                    b'n' => "null",
                    b't' | b'f' => "boolean",
                    _ => "number",
                };
                format!("invalid type: {kind}, expected {expected}")
            }
            Self::Content(what) => what,
        }
    }
}

/// Makes sure of the type of the next value.
fn expect(
    scanner: &mut Scanner<'_>,
    bracket: u8,
    expected: impl FnOnce() -> Cow<'static, str>,
) -> Result<(), Unfit> {
    match scanner.peek()? {
        first if first == bracket => Ok(()),
        first => Err(Unfit::Type {
            first,
            expected: expected(),
        }),
    }
}

fn read(text: &str) -> Result<Event<'_>, Unfit> {
    let mut scanner = Scanner::new(text);
    let mut records = None;
    let mut others: Vec<String> = Vec::new();
    expect(&mut scanner, b'{', || {
        "an SQS event, an object with a list `Records`".into()
    })?;
    scanner.object(|scanner, key| {
        if key != "Records" {
            if others.len() < MOST_KEYS {
                others.push(format!("`{key}`"));
            }
            scanner.value()?;
            return Ok(());
        }
        match records.replace(read_records(scanner)?) {
            None => Ok(()),
            Some(_) => Err(Unfit::Content("`Records` twice".to_owned())),
        }
    })?;
    scanner.end()?;
    match records {
        Some(records) => Ok(Event { records }),
        None if others.is_empty() => Err(Unfit::Content("an empty object".to_owned())),
        None => {
            let others = others.join(", ");
            Err(Unfit::Content(format!("no `Records`, but {others}")))
        }
    }
}

fn read_records<'a>(scanner: &mut Scanner<'a>) -> Result<Vec<Fields<'a>>, Unfit> {
    expect(scanner, b'[', || "a list of records".into())?;
    let mut records = Vec::with_capacity(scanner.left() / RECORD_LENGTH);
    scanner.list(|scanner| {
        let record = read_record(scanner, records.len())?;
        records.push(record);
        Ok::<_, Unfit>(())
    })?;
    Ok(records)
}

fn read_record<'a>(scanner: &mut Scanner<'a>, index: usize) -> Result<Fields<'a>, Unfit> {
    expect(scanner, b'{', || {
        format!("an object as record {index}").into()
    })?;
    let start = scanner.position();
    let (mut id, mut body, mut queue_arn, mut attributes) = (None, None, None, None);
    let (mut source, mut other_source) = (None, None);
    scanner.object(|scanner, key| {
        let value = scanner.value()?;
        match key {
            "messageId" if id.is_some() => {
                let what = format!("record {index} with two `messageId`s");
                return Err(Unfit::Content(what));
            }
            "messageId" => id = Some(value),
            "body" => body = present(value),
            "eventSourceARN" => queue_arn = present(value),
            "attributes" => attributes = present(value),
            "eventSource" => source = present(value),
            // SNS's spelling: known only to say what came instead of SQS.
            "EventSource" => other_source = present(value),
            _ => {}
        }
        Ok(())
    })?;
    if let Some(source) = source.or(other_source)
        && let Ok(source) = json::text(source)
        && source != SQS
    {
        return Err(Unfit::Content(format!(
            "record {index} comes from `{source}`, not from `{SQS}`"
        )));
    }
    let unreportable = |what| {
        Unfit::Content(format!(
            "record {index} has {what}, so that its failure could not be reported"
        ))
    };
    let id = id
        .and_then(present)
        .ok_or_else(|| unreportable("no `messageId`"))?;
    if !json::text(id).is_ok_and(|id| !id.is_empty()) {
        return Err(unreportable("a `messageId` that is not a text or is empty"));
    }
    Ok(Fields {
        json: scanner.since(start),
        id,
        body,
        queue_arn,
        attributes,
    })
}
