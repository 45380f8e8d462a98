//! The requests, as the service model names their members.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::sqs::error::SqsError;
use crate::sqs::message::{Attribute, AttributeValue};
use crate::sqs::send::Outgoing;

/// A request that names only a queue.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OnQueue {
    pub(super) queue_url: String,
}

/// A message attribute in requests and answers.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WireAttribute {
    pub(super) data_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) string_value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) binary_value: Option<String>,
}

impl WireAttribute {
    fn read(self, name: &str) -> Result<Attribute, SqsError> {
        let invalid = |reason: &str| {
            SqsError::invalid_parameter(format!(
                "The message attribute '{name}' is invalid: {reason}."
            ))
        };
        let kind = self.data_type.split('.').next().unwrap_or_default();
        let value = match (kind, self.string_value, self.binary_value) {
            ("String" | "Number", Some(text), None) => AttributeValue::Text(text),
            ("Binary", None, Some(base64)) => AttributeValue::Bytes(
                STANDARD
                    .decode(base64)
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

    pub(super) fn write(attribute: &Attribute) -> Self {
        let (string_value, binary_value) = match &attribute.value {
            AttributeValue::Text(text) => (Some(text.clone()), None),
            AttributeValue::Bytes(bytes) => (None, Some(STANDARD.encode(bytes))),
        };
        Self {
            data_type: attribute.data_type.clone(),
            string_value,
            binary_value,
        }
    }
}

/// A message in `SendMessage` and in an entry of `SendMessageBatch`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct WireMessage {
    pub(super) message_body: Option<String>,
    #[serde(default)]
    pub(super) delay_seconds: u32,
    #[serde(default)]
    pub(super) message_attributes: BTreeMap<String, WireAttribute>,
    #[serde(default)]
    pub(super) message_system_attributes: BTreeMap<String, WireAttribute>,
    pub(super) message_group_id: Option<String>,
    pub(super) message_deduplication_id: Option<String>,
}

impl WireMessage {
    pub(super) fn read(mut self) -> Result<Outgoing, SqsError> {
        let attributes = self
            .message_attributes
            .into_iter()
            .map(|(name, attribute)| {
                let attribute = attribute.read(&name)?;
                Ok((name, attribute))
            })
            .collect::<Result<_, SqsError>>()?;
        Ok(Outgoing {
            body: self
                .message_body
                .ok_or_else(|| SqsError::missing_parameter("MessageBody"))?,
            attributes,
            trace_header: self
                .message_system_attributes
                .remove("AWSTraceHeader")
                .and_then(|header| header.string_value),
            delay: self.delay_seconds,
            group: self.message_group_id,
            deduplication: self.message_deduplication_id,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessage {
    pub(super) queue_url: String,
    #[serde(flatten)]
    pub(super) message: WireMessage,
}

/// A batch request; each entry has an `Id` and `T`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Batch<T> {
    pub(super) queue_url: String,
    #[serde(default = "Vec::new")]
    pub(super) entries: Vec<Entry<T>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entry<T> {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) item: T,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceiveMessage {
    pub(super) queue_url: String,
    #[serde(default)]
    pub(super) max_number_of_messages: Option<usize>,
    pub(super) visibility_timeout: Option<u32>,
    #[serde(default)]
    pub(super) wait_time_seconds: u32,
    /// The older name of `MessageSystemAttributeNames`; both may be used.
    #[serde(default)]
    pub(super) attribute_names: Vec<String>,
    #[serde(default)]
    pub(super) message_system_attribute_names: Vec<String>,
    #[serde(default)]
    pub(super) message_attribute_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Handle {
    pub(super) receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteMessage {
    pub(super) queue_url: String,
    pub(super) receipt_handle: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Visibility {
    pub(super) receipt_handle: String,
    #[serde(default)]
    pub(super) visibility_timeout: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ChangeMessageVisibility {
    pub(super) queue_url: String,
    pub(super) receipt_handle: String,
    pub(super) visibility_timeout: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetQueueAttributes {
    pub(super) queue_url: String,
    #[serde(default)]
    pub(super) attribute_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetQueueUrl {
    pub(super) queue_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListQueues {
    #[serde(default)]
    pub(super) queue_name_prefix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StartMessageMoveTask {
    pub(super) source_arn: String,
    pub(super) destination_arn: Option<String>,
    pub(super) max_number_of_messages_per_second: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListMessageMoveTasks {
    pub(super) source_arn: String,
    pub(super) max_results: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CancelMessageMoveTask {
    pub(super) task_handle: String,
}
