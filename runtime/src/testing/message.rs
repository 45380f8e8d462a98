//! A message of a test's batch.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lambda_events::encodings::Base64Data;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::message::{Attribute, MessageAttributes};

const QUEUE_ARN: &str = "arn:aws:sqs:us-east-1:123456789012:queue";

/// A message as a test describes it.
#[derive(Clone, Debug)]
pub struct TestMessage {
    body: String,
    id: Option<String>,
    group: Option<String>,
    receive_count: u32,
    sent: SystemTime,
    first_received: SystemTime,
    attributes: MessageAttributes,
}

impl TestMessage {
    /// With this value as its JSON body.
    ///
    /// # Panics
    ///
    /// If the value cannot be JSON.
    pub fn json(body: &impl Serialize) -> Self {
        Self::text(serde_json::to_string(body).expect("the test's value can be JSON"))
    }

    /// With this body, unchanged.
    pub fn text(body: impl Into<String>) -> Self {
        let sent = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        Self {
            body: body.into(),
            id: None,
            group: None,
            receive_count: 1,
            sent,
            first_received: sent + Duration::from_secs(1),
            attributes: MessageAttributes::default(),
        }
    }

    /// Its id instead of its place in the batch.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Its message group.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// How often it was received, this time included; default 1.
    #[must_use]
    pub fn receive_count(mut self, count: u32) -> Self {
        self.receive_count = count;
        self
    }

    /// When it was sent and first received.
    #[must_use]
    pub fn times(mut self, sent: SystemTime, first_received: SystemTime) -> Self {
        self.sent = sent;
        self.first_received = first_received;
        self
    }

    /// Adds a message attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: Attribute) -> Self {
        self.attributes.insert(name, value);
        self
    }

    pub(super) fn record(&self, number: usize, fifo: bool) -> Value {
        let id = self.id.clone().unwrap_or_else(|| format!("m{number}"));
        let suffix = if fifo { ".fifo" } else { "" };
        let mut attributes = json!({
            "ApproximateReceiveCount": self.receive_count.to_string(),
            "SentTimestamp": millis(self.sent),
            "SenderId": "AIDASENDER",
            "ApproximateFirstReceiveTimestamp": millis(self.first_received),
        });
        if let Some(group) = &self.group {
            attributes["MessageGroupId"] = group.as_str().into();
        }
        if fifo {
            attributes["MessageDeduplicationId"] = format!("d{number}").into();
            attributes["SequenceNumber"] = format!("{number:020}").into();
        }
        let message_attributes: Map<String, Value> = self
            .attributes
            .iter()
            .map(|(name, value)| (name.to_owned(), sent(value)))
            .collect();
        json!({
            "messageId": id,
            "receiptHandle": format!("receipt-{number}"),
            "body": self.body,
            "attributes": attributes,
            "messageAttributes": message_attributes,
            "md5OfBody": "d41d8cd98f00b204e9800998ecf8427e",
            "eventSource": "aws:sqs",
            "eventSourceARN": format!("{QUEUE_ARN}{suffix}"),
            "awsRegion": "us-east-1",
        })
    }
}

fn millis(time: SystemTime) -> String {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis()
        .to_string()
}

fn sent(value: &Attribute) -> Value {
    let (name, value, data_type) = match value {
        Attribute::String(text) => ("stringValue", json!(text), "String"),
        Attribute::Number(text) => ("stringValue", json!(text), "Number"),
        Attribute::Binary(bytes) => {
            let mut data = Base64Data::default();
            data.0.clone_from(bytes);
            ("binaryValue", json!(data), "Binary")
        }
    };
    json!({
        name: value,
        "dataType": data_type,
        "stringListValues": [],
        "binaryListValues": [],
    })
}
