//! Messages that came to the queue through an SNS topic.

use std::borrow::Cow;

use serde::Deserialize;

use crate::{
    error::BoxError,
    message::{FromMessage, Record},
};

/// A message published to an SNS topic that the queue subscribes to.
///
/// Works for both kinds of subscription: with
/// [raw message delivery](https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html)
/// the body is what was published, and the other fields are `None`; without, the
/// body is SNS's envelope around it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sns<T> {
    /// What was published, read as any message type.
    pub message: T,
    /// SNS's own id for it (`MessageId`).
    pub message_id: Option<String>,
    /// The topic's ARN (`TopicArn`).
    pub topic_arn: Option<String>,
    /// The subject, if one was published (`Subject`).
    pub subject: Option<String>,
    /// When it was published, in ISO 8601 (`Timestamp`).
    pub timestamp: Option<String>,
}

impl<T> Sns<T> {
    /// A message delivered raw, for a test that calls the function itself.
    pub fn new(message: T) -> Self {
        Self {
            message,
            message_id: None,
            topic_arn: None,
            subject: None,
            timestamp: None,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification<'r> {
    #[serde(borrow)]
    r#type: Cow<'r, str>,
    #[serde(borrow)]
    message: Cow<'r, str>,
    message_id: String,
    topic_arn: String,
    subject: Option<String>,
    timestamp: Option<String>,
}

impl<T: FromMessage> FromMessage for Sns<T> {
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        // What is not SNS's envelope was delivered raw, whatever it is.
        match serde_json::from_str::<Notification<'_>>(record.body()) {
            Ok(sent) if sent.r#type == "Notification" => Ok(Self {
                message: T::from_message(&record.with_body(&sent.message))?,
                message_id: Some(sent.message_id),
                topic_arn: Some(sent.topic_arn),
                subject: sent.subject,
                timestamp: sent.timestamp,
            }),
            _ => Ok(Self::new(T::from_message(record)?)),
        }
    }

    fn refusal() -> Option<&'static str> {
        T::refusal()
    }
}
