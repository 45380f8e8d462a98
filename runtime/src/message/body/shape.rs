//! What a body looks like, for errors about bodies that do not match the type.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::json::MaybeBorrowed;

/// How many keys of an object are listed.
const MOST_KEYS: usize = 10;
/// The longest key that is listed, in bytes.
const LONGEST_KEY: usize = 64;

/// The class names that extended clients put before a pointer to S3:
/// <https://github.com/awslabs/payload-offloading-java-common-lib-for-aws>, and its
/// predecessor <https://github.com/awslabs/amazon-sqs-java-extended-client-lib>.
const POINTERS: [&str; 2] = [
    "software.amazon.payloadoffloading.PayloadS3Pointer",
    "com.amazon.sqs.javamessaging.MessageS3Pointer",
];

/// What a body looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::message) enum Shape {
    SnsNotification,
    SnsConfirmation,
    EventBridge,
    S3Event,
    /// Sent once, when a bucket's notifications are configured.
    S3Test,
    ExtendedClientPointer,
    /// Another object.
    Object {
        /// Its keys, as far as they may be logged.
        keys: String,
    },
    Array,
    /// Anything else, JSON or not.
    Other,
}

type Object<'b> = BTreeMap<MaybeBorrowed<'b>, &'b RawValue>;

impl Shape {
    pub(in crate::message) fn of(body: &str) -> Self {
        if let Ok(object) = serde_json::from_str::<Object<'_>>(body) {
            return Self::of_object(&object);
        }
        match serde_json::from_str::<Vec<&RawValue>>(body) {
            Ok(items) => match items.as_slice() {
                [class, pointer] if is_pointer(class, pointer) => Self::ExtendedClientPointer,
                _ => Self::Array,
            },
            Err(_) => Self::Other,
        }
    }

    fn of_object(object: &Object<'_>) -> Self {
        let get = |key| object.get(&MaybeBorrowed(Cow::Borrowed(key))).copied();
        let text = |key| serde_json::from_str::<Cow<'_, str>>(get(key)?.get()).ok();
        let has = |key| get(key).is_some();
        match text("Type").as_deref() {
            Some("Notification") if has("TopicArn") && has("Message") => {
                return Self::SnsNotification;
            }
            Some("SubscriptionConfirmation" | "UnsubscribeConfirmation") if has("TopicArn") => {
                return Self::SnsConfirmation;
            }
            _ => {}
        }
        if text("Event").as_deref() == Some("s3:TestEvent") && has("Bucket") {
            return Self::S3Test;
        }
        if has("detail-type") && has("detail") && has("source") {
            return Self::EventBridge;
        }
        if get("Records").is_some_and(are_from_s3) {
            return Self::S3Event;
        }
        Self::Object { keys: keys(object) }
    }

    /// What to take instead, if that is known.
    pub(super) fn advice(&self) -> Option<&'static str> {
        Some(match self {
            Self::SnsNotification => {
                "take `redrive::Sns<T>`, or turn on raw message delivery for the subscription"
            }
            Self::SnsConfirmation => "take `redrive::Sns<T>`, which explains how to confirm it",
            Self::EventBridge => "take `redrive::EventBridge<T>`",
            Self::S3Event | Self::S3Test => "take `aws_lambda_events::s3::S3Event`",
            Self::ExtendedClientPointer => {
                "take a type that reads it, see \"Large bodies in S3\" in the docs of `redrive::recipes`"
            }
            Self::Object { .. } | Self::Array | Self::Other => return None,
        })
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SnsNotification => "an SNS notification",
            Self::SnsConfirmation => "an SNS confirmation",
            Self::EventBridge => "an EventBridge event",
            Self::S3Event => "an S3 event",
            Self::S3Test => "S3's test event",
            Self::ExtendedClientPointer => "a pointer of the SQS extended client",
            Self::Object { keys } => return write!(f, "an object with {keys}"),
            Self::Array => "an array",
            Self::Other => "neither an object nor an array",
        })
    }
}

fn is_pointer(class: &RawValue, pointer: &RawValue) -> bool {
    let class = serde_json::from_str::<Cow<'_, str>>(class.get());
    class.is_ok_and(|class| POINTERS.contains(&&*class)) && pointer.get().starts_with('{')
}

fn are_from_s3(records: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Record<'b> {
        #[serde(borrow, rename = "eventSource")]
        source: Cow<'b, str>,
    }
    let records = serde_json::from_str::<Vec<Record<'_>>>(records.get());
    records.is_ok_and(|records| {
        records
            .first()
            .is_some_and(|record| record.source == "aws:s3")
    })
}

/// The names of an object's keys. A key can be somebody's data, as in a map by
/// card number, so only those are listed that could be names in a program.
fn keys(object: &Object<'_>) -> String {
    let is_name = |key: &&str| {
        let mut bytes = key.bytes();
        let is_inner = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
        key.len() <= LONGEST_KEY
            && bytes
                .next()
                .is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
            && bytes.all(is_inner)
    };
    let names: Vec<_> = object
        .keys()
        .map(|key| &*key.0)
        .filter(is_name)
        .take(MOST_KEYS)
        .map(|name| format!("`{name}`"))
        .collect();
    let others = object.len() - names.len();
    match (names.join(", "), others) {
        (names, _) if names.is_empty() => format!("{others} keys"),
        (names, 0) => format!("the keys {names}"),
        (names, others) => format!("the keys {names} and {others} more"),
    }
}
