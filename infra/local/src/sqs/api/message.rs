//! Actions on one message.

use std::collections::BTreeMap;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Api, present};
use crate::names;
use crate::sqs::error::SqsError;
use crate::sqs::message::{Attribute, AttributeValue, md5_of_attributes, md5_of_body};
use crate::sqs::{Outgoing, Sent};

impl Api {
    pub(super) fn send(&self, queue_url: &str, outgoing: Outgoing) -> Result<Value, SqsError> {
        let body = md5_of_body(&outgoing.body);
        let attributes = md5_of_attributes(&outgoing.attributes);
        let name = names::queue_of_url(queue_url);
        let Sent { id, sequence, .. } =
            self.sqs.change(|sqs, now| sqs.send(name, outgoing, now))?;
        Ok(present(json!({
            "MessageId": id,
            "MD5OfMessageBody": body,
            "MD5OfMessageAttributes": attributes,
            "SequenceNumber": sequence,
        })))
    }

    pub(super) fn delete(&self, queue_url: &str, receipt: &Receipt) -> Result<Value, SqsError> {
        let name = names::queue_of_url(queue_url);
        self.sqs
            .change(|sqs, now| sqs.delete(name, &receipt.receipt_handle, now))?;
        Ok(json!({}))
    }

    pub(super) fn change_visibility(
        &self,
        queue_url: &str,
        change: &VisibilityChange,
    ) -> Result<Value, SqsError> {
        let name = names::queue_of_url(queue_url);
        self.sqs.change(|sqs, now| {
            let seconds = change.visibility_timeout;
            sqs.change_visibility(name, &change.receipt_handle, seconds, now)
        })?;
        Ok(json!({}))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Receipt {
    receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VisibilityChange {
    receipt_handle: String,
    #[serde(default)]
    visibility_timeout: u32,
}

/// A message in `SendMessage` and in an entry of `SendMessageBatch`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WireMessage {
    message_body: Option<String>,
    #[serde(default)]
    delay_seconds: u32,
    #[serde(default)]
    message_attributes: BTreeMap<String, WireAttribute>,
    #[serde(default)]
    message_system_attributes: BTreeMap<String, WireAttribute>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

impl WireMessage {
    pub(super) fn read(mut self) -> Result<Outgoing, SqsError> {
        let attributes = self.message_attributes.into_iter();
        let trace_header = self.message_system_attributes.remove("AWSTraceHeader");
        Ok(Outgoing {
            body: self
                .message_body
                .ok_or(SqsError::MissingParameter("MessageBody"))?,
            attributes: attributes
                .map(|(name, attribute)| Ok((name.clone(), attribute.read(&name)?)))
                .collect::<Result<_, SqsError>>()?,
            trace_header: trace_header.and_then(|header| header.string_value),
            delay: self.delay_seconds,
            group: self.message_group_id,
            deduplication: self.message_deduplication_id,
        })
    }
}

/// A message attribute in requests and answers.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct WireAttribute {
    pub(crate) data_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) string_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) binary_value: Option<String>,
}

impl WireAttribute {
    pub(crate) fn read(self, name: &str) -> Result<Attribute, SqsError> {
        let invalid = |reason: &str| {
            SqsError::invalid_parameter(format!(
                "The message attribute '{name}' is invalid: {reason}."
            ))
        };
        let kind = self.data_type.split('.').next().unwrap_or_default();
        let value = match (kind, self.string_value, self.binary_value) {
            ("String" | "Number", Some(text), None) => AttributeValue::Text(text),
            ("Binary", None, Some(text)) => AttributeValue::Bytes(
                BASE64_STANDARD
                    .decode(text)
                    .map_err(|_| invalid("BinaryValue is not base64"))?,
            ),
            ("String" | "Number", ..) => return Err(invalid("StringValue must be set")),
            ("Binary", ..) => return Err(invalid("BinaryValue must be set")),
            _ => return Err(invalid("DataType must start with String, Number or Binary")),
        };
        Ok(Attribute {
            data_type: self.data_type,
            value,
        })
    }
}

impl From<&Attribute> for WireAttribute {
    fn from(attribute: &Attribute) -> Self {
        let (string_value, binary_value) = match &attribute.value {
            AttributeValue::Text(text) => (Some(text.clone()), None),
            AttributeValue::Bytes(bytes) => (None, Some(BASE64_STANDARD.encode(bytes))),
        };
        Self {
            data_type: attribute.data_type.clone(),
            string_value,
            binary_value,
        }
    }
}
