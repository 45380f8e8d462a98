//! The SQS API over HTTP, in AWS's JSON protocol, as used by SDKs, boto3 and the
//! `aws` command line.

mod attributes;
mod batch;
mod message;
mod receive;
mod request;
mod tasks;

pub(crate) use message::WireAttribute;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use self::request::Request;
use super::error::SqsError;
use super::{SharedSqs, Sqs};
use crate::names;

/// The header with the action's name.
const TARGET: &str = "x-amz-target";

/// The prefix of the action's name.
const TARGET_PREFIX: &str = "AmazonSQS.";

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
    Router::new()
        .fallback(call)
        .with_state(Api {
            sqs,
            endpoint: endpoint.into(),
        })
        // SQS limits the size of messages, not of requests.
        .layer(axum::extract::DefaultBodyLimit::disable())
}

async fn call(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let target = headers.get(TARGET).and_then(|value| value.to_str().ok());
    let answer = match target.and_then(|target| target.strip_prefix(TARGET_PREFIX)) {
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
    response(answer)
}

impl Api {
    async fn answer(&self, request: Request) -> Result<Value, SqsError> {
        match request {
            Request::SendMessage { queue_url, message } => self.send(&queue_url, message.read()?),
            Request::SendMessageBatch { queue_url, entries } => {
                self.send_batch(&queue_url, entries)
            }
            Request::ReceiveMessage(request) => self.receive(request).await,
            Request::DeleteMessage { queue_url, receipt } => self.delete(&queue_url, &receipt),
            Request::DeleteMessageBatch { queue_url, entries } => {
                self.each(&queue_url, entries, |receipt| {
                    self.delete(&queue_url, &receipt)
                })
            }
            Request::ChangeMessageVisibility { queue_url, change } => {
                self.change_visibility(&queue_url, &change)
            }
            Request::ChangeMessageVisibilityBatch { queue_url, entries } => {
                self.each(&queue_url, entries, |change| {
                    self.change_visibility(&queue_url, &change)
                })
            }
            Request::GetQueueAttributes {
                queue_url,
                attribute_names,
            } => self.queue_attributes(&queue_url, &attribute_names),
            Request::GetQueueUrl { queue_name } => {
                self.sqs.read(|sqs, _| sqs.queue(&queue_name).map(|_| ()))?;
                Ok(json!({ "QueueUrl": self.url(&queue_name) }))
            }
            Request::ListQueues { queue_name_prefix } => {
                let urls = self.urls(|sqs| {
                    let names = sqs.queues().map(|queue| queue.config.name.clone());
                    Ok(names
                        .filter(|name| name.starts_with(&queue_name_prefix))
                        .collect())
                })?;
                Ok(json!({ "QueueUrls": urls }))
            }
            Request::ListDeadLetterSourceQueues { queue_url } => {
                let urls = self.urls(|sqs| {
                    let name = names::queue_of_url(&queue_url);
                    sqs.queue(name)?;
                    let sources = sqs.sources_of(name);
                    Ok(sources.map(|queue| queue.config.name.clone()).collect())
                })?;
                Ok(json!({ "queueUrls": urls }))
            }
            Request::PurgeQueue { queue_url } => {
                let name = names::queue_of_url(&queue_url);
                self.sqs.change(|sqs, now| sqs.purge(name, now))?;
                Ok(json!({}))
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

    fn url(&self, name: &str) -> String {
        names::queue_url(&self.endpoint, name)
    }

    fn urls(
        &self,
        names: impl FnOnce(&Sqs) -> Result<Vec<String>, SqsError>,
    ) -> Result<Vec<String>, SqsError> {
        let names = self.sqs.read(|sqs, _| names(sqs))?;
        Ok(names.iter().map(|name| self.url(name)).collect())
    }
}

/// Without absent members, which AWS omits.
fn present(mut answer: Value) -> Value {
    if let Value::Object(members) = &mut answer {
        members.retain(|_, value| !value.is_null());
    }
    answer
}

fn response(answer: Result<Value, SqsError>) -> Response<Body> {
    let (status, body, code) = match answer {
        Ok(answer) => (StatusCode::OK, answer, None),
        Err(error) => {
            let body = json!({
                "__type": format!("com.amazonaws.sqs#{}", error.shape()),
                "message": error.to_string(),
            });
            (StatusCode::BAD_REQUEST, body, Some(error.code()))
        }
    };
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/x-amz-json-1.0");
    headers.insert(header::CONTENT_TYPE, json);
    if let Some(code) = code.and_then(|code| format!("{code};Sender").parse().ok()) {
        headers.insert("x-amzn-query-error", code);
    }
    response
}
