//! What SNS sends to a queue without raw delivery; see
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::sqs::{AttributeValue, Outgoing};

/// The body of a message, with its members in SNS's order.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Envelope<'a> {
    r#type: &'static str,
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<&'a str>,
    topic_arn: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    message: &'a str,
    timestamp: String,
    signature_version: &'static str,
    signature: &'static str,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: &'static str,
    #[serde(rename = "UnsubscribeURL")]
    unsubscribe_url: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: BTreeMap<&'a str, Attribute<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute<'a> {
    r#type: &'a str,
    value: &'a str,
}

impl<'a> Envelope<'a> {
    pub(super) fn new(
        topic_arn: &'a str,
        message_id: &'a str,
        sequence_number: Option<&'a str>,
        message: &'a Outgoing,
        now: Timestamp,
    ) -> Self {
        let attributes = message.attributes.iter().map(|(name, attribute)| {
            let (AttributeValue::Text(value) | AttributeValue::Binary(value)) = &attribute.value;
            let r#type = &*attribute.data_type;
            (&**name, Attribute { r#type, value })
        });
        Self {
            r#type: "Notification",
            message_id,
            sequence_number,
            topic_arn,
            subject: message.subject.as_deref(),
            message: &message.body,
            timestamp: now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
            signature_version: "1",
            // Nobody can check a signature of the simulator.
            signature: "EXAMPLE",
            signing_cert_url: "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-EXAMPLE.pem",
            unsubscribe_url: "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=EXAMPLE",
            message_attributes: attributes.collect(),
        }
    }

    pub(super) fn json(&self) -> String {
        // Texts are always valid JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}
