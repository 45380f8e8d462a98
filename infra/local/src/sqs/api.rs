//! The SQS API over HTTP, in AWS's JSON protocol: what SDKs, boto3 and the
//! `aws` command line speak.

mod actions;
mod attributes;
mod batch;
mod receive;
mod wire;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::SharedSqs;
use super::error::SqsError;

/// The header that names the action.
const TARGET: &str = "x-amz-target";

/// What the header puts before the action.
const TARGET_PREFIX: &str = "AmazonSQS.";

/// Where the queues are reached, and what they are.
#[derive(Clone, Debug)]
struct Api {
    sqs: SharedSqs,
    /// `http://<address>`, for queue URLs.
    endpoint: String,
}

/// The API on `sqs`, to be served at `endpoint` (`http://<address>`).
///
/// Signatures are not checked: every credential is good.
pub fn router(sqs: SharedSqs, endpoint: impl Into<String>) -> Router {
    Router::new()
        .fallback(call)
        .with_state(Api {
            sqs,
            endpoint: endpoint.into(),
        })
        // SQS checks the size of messages, not of requests.
        .layer(axum::extract::DefaultBodyLimit::disable())
}

async fn call(State(api): State<Api>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let target = headers.get(TARGET).and_then(|value| value.to_str().ok());
    let Some(action) = target.and_then(|target| target.strip_prefix(TARGET_PREFIX)) else {
        return refusal(&SqsError::bad_request(
            "the local SQS speaks the AWS JSON protocol only: use an SDK that sends the header \
             x-amz-target",
        ));
    };
    match api.act(action, &body).await {
        Ok(answer) => reply(StatusCode::OK, &answer, None),
        Err(error) => refusal(&error),
    }
}

impl Api {
    async fn act(&self, action: &str, body: &[u8]) -> Result<Value, SqsError> {
        match action {
            "SendMessage" => self.send_message(parse(body)?),
            "SendMessageBatch" => self.send_message_batch(parse(body)?),
            "ReceiveMessage" => self.receive_message(parse(body)?).await,
            "DeleteMessage" => self.delete_message(&parse(body)?),
            "DeleteMessageBatch" => self.delete_message_batch(parse(body)?),
            "ChangeMessageVisibility" => self.change_message_visibility(&parse(body)?),
            "ChangeMessageVisibilityBatch" => self.change_message_visibility_batch(parse(body)?),
            "GetQueueAttributes" => self.get_queue_attributes(&parse(body)?),
            "GetQueueUrl" => self.get_queue_url(&parse(body)?),
            "ListQueues" => self.list_queues(&parse(body)?),
            "PurgeQueue" => self.purge_queue(&parse(body)?),
            "ListDeadLetterSourceQueues" => self.list_dead_letter_source_queues(&parse(body)?),
            "StartMessageMoveTask" => self.start_message_move_task(&parse(body)?),
            "ListMessageMoveTasks" => self.list_message_move_tasks(&parse(body)?),
            "CancelMessageMoveTask" => self.cancel_message_move_task(&parse(body)?),
            other => Err(SqsError::unknown_action(other)),
        }
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, SqsError> {
    serde_json::from_slice(body).map_err(|error| SqsError::bad_request(error.to_string()))
}

/// Turns an answer into JSON; absent members are left out, as AWS does.
fn answer(answer: &impl Serialize) -> Value {
    // The answers hold strings, numbers and maps with string keys only.
    serde_json::to_value(answer).unwrap_or_default()
}

fn refusal(error: &SqsError) -> Response<Body> {
    let body = json!({
        "__type": format!("com.amazonaws.sqs#{}", error.shape),
        "message": error.message,
    });
    reply(StatusCode::BAD_REQUEST, &body, Some(error))
}

fn reply(status: StatusCode, body: &Value, error: Option<&SqsError>) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let json = axum::http::HeaderValue::from_static("application/x-amz-json-1.0");
    headers.insert(axum::http::header::CONTENT_TYPE, json);
    if let Some(error) = error {
        let code = format!("{};Sender", error.code);
        if let Ok(code) = code.parse() {
            headers.insert("x-amzn-query-error", code);
        }
    }
    response
}
