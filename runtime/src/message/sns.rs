//! Messages that reached the queue through an SNS topic.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    error::BoxError,
    event::json,
    message::{FromMessage, MessageAttributes, Record},
};

/// A message published to an SNS topic that the queue subscribes to.
///
/// It works for both kinds of delivery. With
/// [raw message delivery](https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html)
/// the body is what was published, and the fields that only SNS's envelope has are
/// `None`. Without it, the body is SNS's envelope.
///
/// SNS's requests to confirm a subscription are never read as `T`. They fail as
/// permanent failures whose text explains how to confirm.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sns<T> {
    /// What was published; any message type.
    pub message: T,
    /// The attributes that the publisher added, in both kinds of delivery.
    pub attributes: MessageAttributes,
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
            attributes: MessageAttributes::default(),
            message_id: None,
            topic_arn: None,
            subject: None,
            timestamp: None,
        }
    }
}

/// What SNS sends to a queue without raw delivery.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope<'r> {
    #[serde(borrow)]
    r#type: Cow<'r, str>,
    topic_arn: String,
    #[serde(borrow)]
    message: Cow<'r, str>,
    message_id: Option<String>,
    subject: Option<String>,
    timestamp: Option<String>,
    #[serde(borrow)]
    message_attributes: Option<&'r RawValue>,
}

impl<'r> Envelope<'r> {
    /// `None` if the body was delivered raw.
    fn of(body: &'r str) -> Option<Self> {
        serde_json::from_str(body).ok()
    }

    fn attributes(&self) -> Result<MessageAttributes, BoxError> {
        let Some(json) = self.message_attributes else {
            return Ok(MessageAttributes::default());
        };
        let published = json::from_str(json.get())
            .map_err(|error| format!("cannot read `MessageAttributes`: {error}"))?;
        MessageAttributes::from_sns(published)
    }
}

/// The message in SNS's envelope, if the body is one.
pub(super) fn published(body: &str) -> Option<Cow<'_, str>> {
    let envelope = Envelope::of(body)?;
    (envelope.r#type == NOTIFICATION).then_some(envelope.message)
}

const NOTIFICATION: &str = "Notification";

impl<T: FromMessage> FromMessage for Sns<T> {
    const IS_SNS: bool = true;

    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        let raw = || {
            Ok(Self {
                attributes: record.message_attributes()?,
                ..Self::new(T::from_message(record)?)
            })
        };
        let Some(sent) = Envelope::of(record.body()) else {
            return raw();
        };
        let confirm = |event: &str| {
            Err(format!(
                "SNS {event}: open the body's `SubscribeURL`, or call \
                 `aws sns confirm-subscription` with the body's `TopicArn` and `Token`"
            )
            .into())
        };
        match &*sent.r#type {
            "SubscriptionConfirmation" => confirm("asks to confirm a subscription of this queue"),
            "UnsubscribeConfirmation" => {
                confirm("ended a subscription of this queue; to confirm it again")
            }
            NOTIFICATION => Ok(Self {
                message: T::from_message(&record.with_body(&sent.message))?,
                attributes: sent.attributes()?,
                message_id: sent.message_id,
                topic_arn: Some(sent.topic_arn),
                subject: sent.subject,
                timestamp: sent.timestamp,
            }),
            _ => raw(),
        }
    }

    fn content<'r>(record: &Record<'r>) -> Cow<'r, str> {
        match published(record.body()) {
            Some(message) => T::content(&record.with_body(&message)).into_owned().into(),
            None => T::content(record),
        }
    }

    fn refusal() -> Option<&'static str> {
        T::refusal()
    }
}
