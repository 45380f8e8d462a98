//! Events that an EventBridge rule sent to the queue.

use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    error::BoxError,
    event::json,
    message::{FromMessage, Record},
};

/// An event that an EventBridge rule or pipe put into the queue
/// ([its fields](https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html)).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventBridge<T> {
    /// What the event is about.
    pub detail: T,
    /// The kind of `detail`.
    pub detail_type: String,
    /// The event's id.
    pub id: String,
    /// Who sent it.
    pub source: String,
    /// The account it came from.
    pub account: String,
    /// When it happened, in ISO 8601.
    pub time: String,
    /// The region it came from.
    pub region: String,
    /// ARNs of what it concerns.
    pub resources: Vec<String>,
}

impl<T> EventBridge<T> {
    /// An event with only these, for a test that calls the function itself.
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
struct Event<T> {
    detail: T,
    #[serde(rename = "detail-type")]
    detail_type: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    account: String,
    #[serde(default)]
    time: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    resources: Vec<String>,
}

impl<T: DeserializeOwned + 'static> FromMessage for EventBridge<T> {
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        let event: Event<T> = serde_json::from_str(record.body()).map_err(|error| {
            format!(
                "the body is not the EventBridge event that the function takes: {}",
                json::describe(&error)
            )
        })?;
        Ok(Self {
            detail: event.detail,
            detail_type: event.detail_type,
            id: event.id,
            source: event.source,
            account: event.account,
            time: event.time,
            region: event.region,
            resources: event.resources,
        })
    }
}
