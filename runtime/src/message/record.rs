//! One record, borrowed from the event.

use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde::Deserialize;

use crate::{
    deadline::Deadline,
    error::BoxError,
    event::{
        Field, Fields,
        json::{self, MaybeBorrowed},
    },
    message::{attributes::MessageAttributes, context::LambdaContext},
};

/// One SQS message as Lambda delivered it, from which
/// [`FromMessage`](crate::FromMessage) creates a message.
#[derive(Clone, Copy, Debug)]
pub struct Record<'r> {
    pub(crate) fields: Fields<'r>,
    pub(crate) body: &'r str,
    pub(crate) deadline: Deadline,
    pub(crate) context: &'r Arc<LambdaContext>,
}

impl<'r> Record<'r> {
    /// The body; never logged by this crate.
    pub fn body(&self) -> &'r str {
        self.body
    }

    /// The message's id, unique in its queue; never empty.
    pub fn message_id(&self) -> Cow<'r, str> {
        self.fields.id()
    }

    /// The ARN of the queue the message came from.
    pub fn queue_arn(&self) -> Option<Cow<'r, str>> {
        self.fields.queue_arn()
    }

    /// The message's metadata.
    ///
    /// # Errors
    ///
    /// If an attribute is not of its type, which SQS itself never sends.
    pub fn system_attributes(&self) -> Result<SystemAttributes<'r>, BoxError> {
        SystemAttributes::read(&self.fields)
    }

    /// The attributes that the sender added.
    ///
    /// # Errors
    ///
    /// If an attribute is not of its type, which SQS itself never sends.
    pub fn message_attributes(&self) -> Result<MessageAttributes, BoxError> {
        MessageAttributes::read(&self.fields)
    }

    /// The Lambda invocation.
    pub fn context(&self) -> &'r LambdaContext {
        self.context
    }

    /// Time left for work in this invocation.
    ///
    /// It ends a tenth of the function's timeout, at most 500 ms, before Lambda's own
    /// deadline, so that the worker can answer in time. A function with `flush` keeps
    /// another tenth, at most 1 s, and 100 ms.
    pub fn time_remaining(&self) -> Duration {
        self.deadline.remaining()
    }

    /// The same record with another body, for an envelope to read its content.
    pub fn with_body<'s>(&'s self, body: &'s str) -> Record<'s> {
        Record { body, ..*self }
    }
}

/// A message's metadata, its
/// [system attributes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemAttributes<'r> {
    /// How often the message was received, this time included
    /// (`ApproximateReceiveCount`); 1 if the event does not contain it.
    pub receive_count: u32,
    /// When it was sent (`SentTimestamp`), to the millisecond.
    pub sent: Option<SystemTime>,
    /// When it was first received (`ApproximateFirstReceiveTimestamp`), to the
    /// millisecond.
    pub first_received: Option<SystemTime>,
    /// Its message group (`MessageGroupId`); standard queues can have them too.
    pub group_id: Option<Cow<'r, str>>,
    /// Its deduplication id (`MessageDeduplicationId`), on FIFO queues.
    pub deduplication_id: Option<Cow<'r, str>>,
    /// Its place in the queue (`SequenceNumber`), on FIFO queues.
    pub sequence_number: Option<Cow<'r, str>>,
    /// The sender's X-Ray header (`AWSTraceHeader`).
    pub trace_header: Option<Cow<'r, str>>,
}

impl<'r> SystemAttributes<'r> {
    pub(crate) fn read(fields: &Fields<'r>) -> Result<Self, BoxError> {
        let json = fields.get(Field::Attributes).unwrap_or("{}");
        let texts: Texts<'_> =
            json::from_str(json).map_err(|error| format!("cannot read `attributes`: {error}"))?;
        let text = |text: Option<MaybeBorrowed<'r>>| text.map(|text| text.0);
        Ok(Self {
            receive_count: match texts.receive_count {
                Some(count) => number("ApproximateReceiveCount", &count.0)?,
                None => 1,
            },
            sent: time("SentTimestamp", texts.sent)?,
            first_received: time("ApproximateFirstReceiveTimestamp", texts.first_received)?,
            group_id: text(texts.group_id),
            deduplication_id: text(texts.deduplication_id),
            sequence_number: text(texts.sequence_number),
            trace_header: text(texts.trace_header),
        })
    }
}

impl Default for SystemAttributes<'_> {
    /// Those of a first receive, without any other.
    fn default() -> Self {
        Self {
            receive_count: 1,
            sent: None,
            first_received: None,
            group_id: None,
            deduplication_id: None,
            sequence_number: None,
            trace_header: None,
        }
    }
}

/// The record's message group, even if its other attributes cannot be read.
///
/// # Errors
///
/// If the group itself cannot be read.
pub(crate) fn group_id(fields: Fields<'_>) -> Result<Option<Cow<'_, str>>, String> {
    #[derive(Deserialize)]
    struct Group<'r> {
        #[serde(borrow, default, rename = "MessageGroupId")]
        id: Option<MaybeBorrowed<'r>>,
    }
    let Some(raw) = fields.get(Field::Attributes) else {
        return Ok(None);
    };
    json::from_str::<Group<'_>>(raw).map(|group| group.id.map(|id| id.0))
}

/// How often the record was received, even if its other attributes cannot be read; 1 if
/// the event does not contain it.
///
/// # Errors
///
/// If the count itself cannot be read.
pub(crate) fn receive_count(fields: Fields<'_>) -> Result<u32, BoxError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Count<'r> {
        #[serde(borrow, rename = "ApproximateReceiveCount")]
        count: Option<MaybeBorrowed<'r>>,
    }
    let raw = fields.get(Field::Attributes).unwrap_or("{}");
    // Most records, as Lambda writes them.
    if raw.starts_with(r#"{"ApproximateReceiveCount":"1""#) {
        return Ok(1);
    }
    match json::from_str::<Count<'_>>(raw)?.count {
        Some(count) => number("ApproximateReceiveCount", &count.0),
        None => Ok(1),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Texts<'r> {
    #[serde(borrow, rename = "ApproximateReceiveCount")]
    receive_count: Option<MaybeBorrowed<'r>>,
    #[serde(borrow, rename = "SentTimestamp")]
    sent: Option<MaybeBorrowed<'r>>,
    #[serde(borrow, rename = "ApproximateFirstReceiveTimestamp")]
    first_received: Option<MaybeBorrowed<'r>>,
    #[serde(borrow, rename = "MessageGroupId")]
    group_id: Option<MaybeBorrowed<'r>>,
    #[serde(borrow, rename = "MessageDeduplicationId")]
    deduplication_id: Option<MaybeBorrowed<'r>>,
    #[serde(borrow, rename = "SequenceNumber")]
    sequence_number: Option<MaybeBorrowed<'r>>,
    #[serde(borrow, rename = "AWSTraceHeader")]
    trace_header: Option<MaybeBorrowed<'r>>,
}

fn number<N: std::str::FromStr>(name: &str, text: &str) -> Result<N, BoxError> {
    text.parse()
        .map_err(|_| format!("attribute `{name}` is not a number").into())
}

fn time(name: &str, text: Option<MaybeBorrowed<'_>>) -> Result<Option<SystemTime>, BoxError> {
    text.map(|text| Ok(UNIX_EPOCH + Duration::from_millis(number(name, &text.0)?)))
        .transpose()
}
