//! Events that an EventBridge rule sent to the queue.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    error::BoxError,
    event::json,
    message::{FromMessage, Record},
};

/// An event that an EventBridge rule or pipe put into the queue
/// ([its fields](https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html)).
///
/// A rule with an input transformer, a constant input or an `InputPath` sends other
/// bodies than the event. Take the type of what it sends: `T` itself for
/// `"InputPath": "$.detail"` or a template of JSON, [`Text`](crate::Text) for a
/// template of text. If the template has the fields `detail` and `detail-type`,
/// `EventBridge<T>` reads it, and the fields it lacks are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventBridge<T> {
    /// The event's content; any message type.
    pub detail: T,
    /// The kind of `detail`.
    pub detail_type: String,
    /// The event's id.
    pub id: String,
    /// The service or application that sent it.
    pub source: String,
    /// The account that it came from.
    pub account: String,
    /// When it happened, in ISO 8601.
    pub time: String,
    /// The region that it came from.
    pub region: String,
    /// ARNs of the resources that it concerns.
    pub resources: Vec<String>,
}

impl<T> EventBridge<T> {
    /// An event with only these fields, for a test that calls the function itself.
    pub fn new(detail_type: impl Into<String>, detail: T) -> Self {
        Self {
            detail,
            detail_type: detail_type.into(),
            id: String::new(),
            source: String::new(),
            account: String::new(),
            time: String::new(),
            region: String::new(),
            resources: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
struct Event<'r> {
    #[serde(borrow)]
    detail: &'r RawValue,
    #[serde(rename = "detail-type")]
    detail_type: String,
    id: Option<String>,
    source: Option<String>,
    account: Option<String>,
    time: Option<String>,
    region: Option<String>,
    resources: Option<Vec<String>>,
}

impl<T: FromMessage> FromMessage for EventBridge<T> {
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        let event: Event<'_> = json::from_str(record.body())
            .map_err(|error| format!("the body is not an EventBridge event: {error}"))?;
        Ok(Self {
            detail: T::from_message(&record.with_body(event.detail.get()))?,
            detail_type: event.detail_type,
            id: event.id.unwrap_or_default(),
            source: event.source.unwrap_or_default(),
            account: event.account.unwrap_or_default(),
            time: event.time.unwrap_or_default(),
            region: event.region.unwrap_or_default(),
            resources: event.resources.unwrap_or_default(),
        })
    }

    fn content<'r>(record: &Record<'r>) -> Cow<'r, str> {
        #[derive(Deserialize)]
        struct Detail<'r> {
            #[serde(borrow)]
            detail: &'r RawValue,
        }
        match json::from_str::<Detail<'r>>(record.body()) {
            Ok(Detail { detail }) => T::content(&Record {
                body: detail.get(),
                ..*record
            }),
            Err(_) => T::content(record),
        }
    }

    fn refusal() -> Option<&'static str> {
        T::refusal()
    }
}
