//! The event for the worker; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>.

use serde_json::{Map, Value, json};

use crate::names;
use crate::sqs::{Attribute, AttributeValue, Message};
use crate::sqs::{md5_of_attributes, md5_of_body, system_attributes};

/// The event with `messages` of the queue with this ARN.
pub(crate) fn payload(queue: &str, messages: &[Message]) -> Value {
    let records = messages.iter().map(|message| record(queue, message));
    json!({ "Records": records.collect::<Vec<_>>() })
}

/// The maximum bytes of the parts of a record that are not known before a message
/// is received: the queue's ARN and the attributes of the receive.
const RECEIVE: usize = 256;

/// An upper bound of the bytes of the message in an event.
pub(super) fn size(message: &Message) -> usize {
    record("", message).to_string().len() + RECEIVE
}

fn record(queue: &str, message: &Message) -> Value {
    let attributes: Map<String, Value> = message
        .attributes
        .iter()
        .map(|(name, attribute)| (name.clone(), message_attribute(attribute)))
        .collect();
    let mut record = json!({
        "messageId": message.id,
        "receiptHandle": message.receipt_handle(),
        "body": message.body,
        "attributes": system_attributes(message),
        "messageAttributes": attributes,
        "md5OfBody": md5_of_body(&message.body),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue,
        "awsRegion": names::REGION,
    });
    if let Some(md5) = md5_of_attributes(&message.attributes) {
        record["md5OfMessageAttributes"] = md5.into();
    }
    record
}

fn message_attribute(attribute: &Attribute) -> Value {
    let (name, value) = match &attribute.value {
        AttributeValue::Text(text) => ("stringValue", text),
        AttributeValue::Binary(text) => ("binaryValue", text),
    };
    json!({
        name: value,
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": attribute.data_type,
    })
}
