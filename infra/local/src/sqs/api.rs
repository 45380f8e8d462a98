//! The SQS API over HTTP, in AWS's JSON protocol, as used by SDKs, boto3 and the
//! `aws` command line.

mod attributes;
mod receive;
mod request;

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use redrive_model::limits::{MESSAGE_BYTES, SQS_BATCH};
use serde_json::{Value, json};

use self::request::{Entry, Receipt, Request};
use super::error::SqsError;
use super::message::{md5_of_attributes, md5_of_body};
use super::send::size;
use super::{MoveStatus, MoveTask, Outgoing, SharedSqs, Sqs};
use crate::names;

/// The limits of `MaxResults` of `ListMessageMoveTasks`.
const LISTED_TASKS: std::ops::RangeInclusive<usize> = 1..=10;

#[derive(Clone, Debug)]
struct Api {
    sqs: SharedSqs,
    /// `http://<address>`, for queue URLs.
    endpoint: String,
}

/// The API on `sqs`, to be served at `endpoint` (`http://<address>`).
///
/// Signatures are not checked: every credential is accepted.
pub fn router(sqs: SharedSqs, endpoint: impl Into<String>) -> Router {
    let endpoint = endpoint.into();
    let router = Router::new().fallback(call);
    router.with_state(Api { sqs, endpoint })
}

async fn call(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target");
    let target = target.and_then(|target| target.to_str().ok());
    let answer = match target.and_then(|target| target.strip_prefix("AmazonSQS.")) {
        Some(action) => match Request::parse(action, &body) {
            Ok(request) => api.answer(request).await,
            Err(error) => Err(error),
        },
        None => Err(SqsError::Malformed(
            "the local SQS supports only the AWS JSON protocol: use an SDK that sends the header \
             x-amz-target"
                .to_owned(),
        )),
    };
    let json = [(header::CONTENT_TYPE, "application/x-amz-json-1.0")];
    match answer {
        Ok(answer) => (json, answer.to_string()).into_response(),
        Err(error) => {
            let code = [("x-amzn-query-error", format!("{};Sender", error.code()))];
            let body = json!({
                "__type": format!("com.amazonaws.sqs#{}", error.shape()),
                "message": error.to_string(),
            });
            (StatusCode::BAD_REQUEST, json, code, body.to_string()).into_response()
        }
    }
}

impl Api {
    async fn answer(&self, request: Request) -> Result<Value, SqsError> {
        match request {
            Request::SendMessage { queue, message } => self.send(&queue, message),
            Request::SendMessageBatch { queue, entries } => {
                let sent = entries.iter().map(|entry| size(&entry.item)).sum();
                if sent > MESSAGE_BYTES {
                    let limit = MESSAGE_BYTES;
                    return Err(SqsError::BatchTooLong { limit, sent });
                }
                self.each(&queue, entries, |message| self.send(&queue, message))
            }
            Request::ReceiveMessage(request) => self.receive(request).await,
            Request::DeleteMessage { queue, receipt } => self.delete(&queue, &receipt),
            Request::DeleteMessageBatch { queue, entries } => {
                self.each(&queue, entries, |receipt| self.delete(&queue, &receipt))
            }
            Request::ChangeMessageVisibility { queue, receipt } => {
                self.change_visibility(&queue, &receipt)
            }
            Request::ChangeMessageVisibilityBatch { queue, entries } => {
                let change = |receipt| self.change_visibility(&queue, &receipt);
                self.each(&queue, entries, change)
            }
            Request::GetQueueAttributes {
                queue,
                attribute_names,
            } => self.queue_attributes(&queue, &attribute_names),
            Request::GetQueueUrl { queue_name } => {
                self.sqs.read(|sqs, _| sqs.queue(&queue_name).map(|_| ()))?;
                Ok(json!({ "QueueUrl": names::queue_url(&self.endpoint, &queue_name) }))
            }
            Request::ListQueues { queue_name_prefix } => {
                let urls: Vec<_> = self.sqs.read(|sqs, _| {
                    let names = sqs.queues().map(|queue| &queue.config.name);
                    let names = names.filter(|name| name.starts_with(&queue_name_prefix));
                    names
                        .map(|name| names::queue_url(&self.endpoint, name))
                        .collect()
                });
                Ok(json!({ "QueueUrls": urls }))
            }
            Request::StartMessageMoveTask {
                source_arn,
                destination_arn,
                max_number_of_messages_per_second: rate,
            } => {
                let handle = self.sqs.change(|sqs, now| {
                    sqs.start_move_task(&source_arn, destination_arn.as_deref(), rate, now)
                })?;
                Ok(json!({ "TaskHandle": handle }))
            }
            Request::ListMessageMoveTasks {
                source_arn,
                max_results,
            } => self.move_tasks(&source_arn, max_results.unwrap_or(1)),
            // `parse` has rejected it.
            Request::Unknown => Err(SqsError::UnknownAction(String::new())),
            Request::CancelMessageMoveTask { task_handle } => {
                let moved = self
                    .sqs
                    .change(|sqs, now| sqs.cancel_move_task(&task_handle, now))?;
                Ok(json!({ "ApproximateNumberOfMessagesMoved": moved }))
            }
        }
    }

    fn send(&self, queue: &str, message: Outgoing) -> Result<Value, SqsError> {
        let body = md5_of_body(&message.body);
        let attributes = md5_of_attributes(&message.attributes);
        let sent = self.sqs.change(|sqs, now| sqs.send(queue, message, now))?;
        Ok(present(json!({
            "MessageId": sent.id,
            "MD5OfMessageBody": body,
            "MD5OfMessageAttributes": attributes,
            "SequenceNumber": sent.sequence,
        })))
    }

    fn delete(&self, queue: &str, receipt: &Receipt) -> Result<Value, SqsError> {
        let handle = &receipt.receipt_handle;
        self.sqs.change(|sqs, now| sqs.delete(queue, handle, now))?;
        Ok(json!({}))
    }

    fn change_visibility(&self, queue: &str, receipt: &Receipt) -> Result<Value, SqsError> {
        self.sqs.change(|sqs, now| {
            let seconds = receipt.visibility_timeout;
            sqs.change_visibility(queue, &receipt.receipt_handle, seconds, now)
        })?;
        Ok(json!({}))
    }

    /// A batch action: each entry succeeds or fails by itself.
    fn each<T>(
        &self,
        queue: &str,
        entries: Vec<Entry<T>>,
        mut act: impl FnMut(T) -> Result<Value, SqsError>,
    ) -> Result<Value, SqsError> {
        check_ids(entries.iter().map(|entry| &*entry.id))?;
        self.sqs.read(|sqs, _| sqs.queue(queue).map(|_| ()))?;
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for Entry { id, item } in entries {
            match act(item) {
                Ok(mut answer) => {
                    answer["Id"] = id.into();
                    successful.push(answer);
                }
                Err(error) => failed.push(json!({
                    "Id": id,
                    "SenderFault": true,
                    "Code": error.code(),
                    "Message": error.to_string(),
                })),
            }
        }
        let answer = json!({ "Successful": successful, "Failed": failed });
        Ok(present(answer))
    }

    fn move_tasks(&self, source_arn: &str, max: usize) -> Result<Value, SqsError> {
        if !LISTED_TASKS.contains(&max) {
            return Err(SqsError::invalid_parameter(
                "Value for parameter MaxResults is invalid. Reason: You must enter a number \
                 between 1 and 10.",
            ));
        }
        self.sqs.change(|sqs, now| {
            sqs.advance(now);
            let tasks = sqs.move_tasks(source_arn, max)?;
            let tasks = tasks.into_iter().map(|task| describe(sqs, task));
            Ok(json!({ "Results": tasks.collect::<Vec<_>>() }))
        })
    }
}

fn describe(sqs: &Sqs, task: &MoveTask) -> Value {
    let failure = "CouldNotDetermineMessageSource";
    present(json!({
        "Status": task.status,
        "TaskHandle": task.is_running().then_some(&task.handle),
        "SourceArn": sqs.arn_of(&task.source),
        "DestinationArn": task.destination.as_deref().and_then(|name| sqs.arn_of(name)),
        "MaxNumberOfMessagesPerSecond": task.rate,
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.to_move,
        "FailureReason": (task.status == MoveStatus::Failed).then_some(failure),
        "StartedTimestamp": task.started_at.as_millisecond(),
    }))
}

/// Checks the ids of the entries of a batch.
pub(crate) fn check_ids<'a>(
    mut ids: impl ExactSizeIterator<Item = &'a str>,
) -> Result<(), SqsError> {
    match ids.len() {
        0 => return Err(SqsError::EmptyBatch),
        1..=SQS_BATCH => {}
        entries => return Err(SqsError::TooManyEntries(entries)),
    }
    let mut seen = BTreeSet::new();
    match ids.find(|id| !seen.insert(*id)) {
        Some(id) => Err(SqsError::RepeatedId(id.to_owned())),
        None => Ok(()),
    }
}

/// Without members that are absent or empty, which AWS omits.
fn present(mut answer: Value) -> Value {
    if let Value::Object(members) = &mut answer {
        members.retain(|_, value| match value {
            Value::Null => false,
            Value::Array(values) => !values.is_empty(),
            Value::Object(values) => !values.is_empty(),
            _ => true,
        });
    }
    answer
}
