//! The requests, with their members as the service model names them.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::message::{Receipt, VisibilityChange, WireMessage};
use super::receive::ReceiveMessage;
use crate::sqs::error::SqsError;

/// A request; each variant is an action.
#[derive(Deserialize)]
#[serde(tag = "Action", rename_all_fields = "PascalCase")]
pub(super) enum Request {
    SendMessage {
        queue_url: String,
        #[serde(flatten)]
        message: WireMessage,
    },
    SendMessageBatch {
        queue_url: String,
        #[serde(default = "Vec::new")]
        entries: Vec<Entry<WireMessage>>,
    },
    ReceiveMessage(ReceiveMessage),
    DeleteMessage {
        queue_url: String,
        #[serde(flatten)]
        receipt: Receipt,
    },
    DeleteMessageBatch {
        queue_url: String,
        #[serde(default = "Vec::new")]
        entries: Vec<Entry<Receipt>>,
    },
    ChangeMessageVisibility {
        queue_url: String,
        #[serde(flatten)]
        change: VisibilityChange,
    },
    ChangeMessageVisibilityBatch {
        queue_url: String,
        #[serde(default = "Vec::new")]
        entries: Vec<Entry<VisibilityChange>>,
    },
    GetQueueAttributes {
        queue_url: String,
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
    ListDeadLetterSourceQueues {
        queue_url: String,
    },
    PurgeQueue {
        queue_url: String,
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
        request.insert("Action".to_owned(), action.into());
        match serde_json::from_value(request.into()).map_err(malformed)? {
            Self::Unknown => Err(SqsError::UnknownAction(action.to_owned())),
            request => Ok(request),
        }
    }
}

/// An entry of a batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Entry<T> {
    pub(super) id: String,
    #[serde(flatten)]
    pub(super) item: T,
}
