//! A message with its metadata.

use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

use crate::{
    error::BoxError,
    message::{FromMessage, LambdaContext, MessageAttributes, Record},
};

/// A message's body and its metadata.
///
/// The body is any other message type: `Message<Order>` reads JSON, `Message<Text>`
/// accepts any body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Message<T> {
    /// The body.
    pub body: T,
    /// The message's id, unique in its queue.
    pub id: String,
    /// How often the message was received, this time included.
    pub receive_count: u32,
    /// When it was sent.
    pub sent: Option<SystemTime>,
    /// When it was first received.
    pub first_received: Option<SystemTime>,
    /// Its message group; standard queues can have them too.
    pub group_id: Option<String>,
    /// The attributes that the sender added.
    pub attributes: MessageAttributes,
    /// The ARN of the queue it came from.
    pub queue_arn: Option<String>,
    /// The Lambda invocation.
    pub context: Arc<LambdaContext>,
    deadline: Option<Instant>,
}

impl<T> Message<T> {
    /// A message received for the first time, for a test that calls the
    /// function itself.
    pub fn new(body: T) -> Self {
        Self {
            body,
            id: "00000000-0000-0000-0000-000000000000".to_owned(),
            receive_count: 1,
            sent: None,
            first_received: None,
            group_id: None,
            attributes: MessageAttributes::default(),
            queue_arn: None,
            context: Arc::default(),
            deadline: None,
        }
    }

    /// Time left for work in this invocation; [`Duration::MAX`] if the message
    /// was made by [`Message::new`].
    ///
    /// It ends a tenth of the function's timeout, at most 500 ms, before Lambda's own
    /// deadline, so that the worker can answer in time. A function with `flush` keeps
    /// another tenth, at most 1 s, and 100 ms.
    pub fn time_remaining(&self) -> Duration {
        match self.deadline {
            Some(deadline) => deadline.saturating_duration_since(Instant::now()),
            None => Duration::MAX,
        }
    }
}

impl<T: FromMessage> FromMessage for Message<T> {
    const IS_SNS: bool = T::IS_SNS;

    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        let attributes = record.system_attributes()?;
        Ok(Self {
            body: T::from_message(record)?,
            id: record.message_id().into_owned(),
            receive_count: attributes.receive_count,
            sent: attributes.sent,
            first_received: attributes.first_received,
            group_id: attributes.group_id.map(Into::into),
            attributes: record.message_attributes()?,
            queue_arn: record.queue_arn().map(Into::into),
            context: Arc::clone(record.context),
            deadline: Some(record.deadline.cut),
        })
    }

    fn content<'r>(record: &Record<'r>) -> Cow<'r, str> {
        T::content(record)
    }

    fn refusal() -> Option<&'static str> {
        T::refusal()
    }
}
