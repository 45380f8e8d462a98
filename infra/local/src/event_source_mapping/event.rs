//! The event that the worker gets; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::names;
use crate::sqs::{Attribute, AttributeValue, Message};
use crate::sqs::{md5_of_attributes, md5_of_body, system_attributes};

/// The event with `messages` of the queue `queue`.
pub(crate) fn event(queue: &str, messages: &[Message]) -> Value {
    let records: Vec<Value> = messages
        .iter()
        .map(|message| record(queue, message))
        .collect();
    json!({ "Records": records })
}

/// Most bytes that a record has beyond what is known of a message before it is
/// received: the queue's name and the receive's own attributes.
const RECEIVE: usize = 256;

/// About how many bytes the message has in an event; never too few.
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
        "eventSourceARN": names::queue_arn(queue),
        "awsRegion": names::REGION,
    });
    if let Some(md5) = md5_of_attributes(&message.attributes) {
        record["md5OfMessageAttributes"] = md5.into();
    }
    record
}

fn message_attribute(attribute: &Attribute) -> Value {
    let mut value = json!({
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": attribute.data_type,
    });
    match &attribute.value {
        AttributeValue::Text(text) => value["stringValue"] = text.clone().into(),
        AttributeValue::Bytes(bytes) => value["binaryValue"] = STANDARD.encode(bytes).into(),
    }
    value
}
