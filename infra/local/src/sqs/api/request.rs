//! The requests, with their members as the service model names them.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::receive::ReceiveMessage;
use crate::names;
use crate::sqs::Outgoing;
use crate::sqs::error::SqsError;

/// A request; each variant is an action.
#[derive(Deserialize)]
#[serde(tag = "Action", rename_all_fields = "PascalCase")]
pub(super) enum Request {
    SendMessage {
        queue: String,
        #[serde(flatten)]
        message: Outgoing,
    },
    SendMessageBatch {
        queue: String,
        #[serde(default)]
        entries: Vec<Entry<Outgoing>>,
    },
    ReceiveMessage(ReceiveMessage),
    DeleteMessage {
        queue: String,
        #[serde(flatten)]
        receipt: Receipt,
    },
    DeleteMessageBatch {
        queue: String,
        #[serde(default)]
        entries: Vec<Entry<Receipt>>,
    },
    ChangeMessageVisibility {
        queue: String,
        #[serde(flatten)]
        receipt: Receipt,
    },
    ChangeMessageVisibilityBatch {
        queue: String,
        #[serde(default)]
        entries: Vec<Entry<Receipt>>,
    },
    GetQueueAttributes {
        queue: String,
        #[serde(default)]
        attribute_names: Vec<String>,
    },
    GetQueueUrl {
        queue_name: String,
    },
    ListQueues {
        #[serde(default)]
        queue_name_prefix: String,
    },
    StartMessageMoveTask {
        source_arn: String,
        destination_arn: Option<String>,
        max_number_of_messages_per_second: Option<u32>,
    },
    ListMessageMoveTasks {
        source_arn: String,
        max_results: Option<usize>,
    },
    CancelMessageMoveTask {
        task_handle: String,
    },
    #[serde(other)]
    Unknown,
}

impl Request {
    pub(super) fn parse(action: &str, body: &[u8]) -> Result<Self, SqsError> {
        let malformed = |error: serde_json::Error| SqsError::Malformed(error.to_string());
        let mut request: Map<String, Value> = serde_json::from_slice(body).map_err(malformed)?;
        if let Some(Value::String(url)) = request.get("QueueUrl") {
            let queue = names::queue_of_url(url).into();
            request.insert("Queue".to_owned(), queue);
        }
        request.insert("Action".to_owned(), action.into());
        match serde_json::from_value(request.into()).map_err(malformed)? {
            Self::Unknown => Err(SqsError::UnknownAction(action.to_owned())),
            request => Ok(request),
        }
    }
}

/// The receipt of a message, in actions on one message.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Receipt {
    pub(super) receipt_handle: String,
    /// Only to change it.
    #[serde(default)]
    pub(super) visibility_timeout: u32,
}

/// An entry of a batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entry<T> {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) item: T,
}
