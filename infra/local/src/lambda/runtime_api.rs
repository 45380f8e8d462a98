//! The Lambda Runtime API, for one execution environment, and the Extensions API, for
//! extensions inside the function's process; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html> and
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc, watch};

use super::failure::{self, Failure};
use super::function::LambdaFunction;
use crate::server::Server;

/// An event for the function.
#[derive(Debug)]
pub(super) struct Invoke {
    pub(super) request_id: String,
    pub(super) payload: String,
    /// Milliseconds since the epoch, in real time.
    pub(super) deadline_ms: u128,
    pub(super) function_arn: String,
}

/// What the function sent to the API.
#[derive(Debug)]
pub(super) struct Answer {
    /// `None` of an error before the first event.
    pub(super) request_id: Option<String>,
    pub(super) outcome: Result<Vec<u8>, Failure>,
}

/// What the function has called.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Calls {
    /// How often it has asked for an event.
    pub(super) polls: u64,
    /// The extensions that it has registered.
    pub(super) extensions: usize,
    /// Those that have asked for their first event.
    ready_extensions: usize,
}

impl Calls {
    /// Whether the function, and each of its extensions, has asked for its first event.
    /// Lambda's init phase ends then.
    pub(super) fn is_ready(&self) -> bool {
        self.polls > 0 && self.ready_extensions >= self.extensions
    }
}

/// The simulator's side of the API.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    pub(super) server: Server,
    pub(super) invokes: mpsc::UnboundedSender<Invoke>,
    pub(super) answers: mpsc::UnboundedReceiver<Answer>,
    pub(super) calls: watch::Receiver<Calls>,
}

#[derive(Debug)]
struct Api {
    /// What an extension learns of the function.
    function: Value,
    invokes: Mutex<mpsc::UnboundedReceiver<Invoke>>,
    answers: mpsc::UnboundedSender<Answer>,
    calls: watch::Sender<Calls>,
}

impl RuntimeApi {
    /// Serves the API for the function.
    ///
    /// # Errors
    /// No port can be bound.
    pub(super) async fn serve(function: &LambdaFunction) -> std::io::Result<Self> {
        let (invokes, pending) = mpsc::unbounded_channel();
        let (sender, answers) = mpsc::unbounded_channel();
        let (call, calls) = watch::channel(Calls::default());
        let api = Arc::new(Api {
            function: json!({
                "functionName": function.name,
                "functionVersion": "$LATEST",
                "handler": function.variables.get("_HANDLER"),
            }),
            invokes: Mutex::new(pending),
            answers: sender,
            calls: call,
        });
        let runtime = Router::new()
            .route("/invocation/next", get(next))
            .route("/invocation/{id}/{kind}", post(answer))
            .route("/init/error", post(init_error));
        let extensions = Router::new()
            .route("/register", post(register))
            .route("/event/next", get(next_extension_event));
        let router = Router::new()
            .nest("/2018-06-01/runtime", runtime)
            .nest("/2020-01-01/extension", extensions)
            .with_state(api);
        Ok(Self {
            server: Server::start(|_| router).await?,
            invokes,
            answers,
            calls,
        })
    }
}

async fn next(State(api): State<Arc<Api>>) -> Response {
    api.calls.send_modify(|calls| calls.polls += 1);
    let Some(invoke) = api.invokes.lock().await.recv().await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let headers = [
        ("Content-Type", "application/json".to_owned()),
        ("Lambda-Runtime-Aws-Request-Id", invoke.request_id),
        ("Lambda-Runtime-Deadline-Ms", invoke.deadline_ms.to_string()),
        ("Lambda-Runtime-Invoked-Function-Arn", invoke.function_arn),
        (
            "Lambda-Runtime-Trace-Id",
            "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0".to_owned(),
        ),
    ];
    (headers, invoke.payload).into_response()
}

async fn answer(
    State(api): State<Arc<Api>>,
    Path((request_id, kind)): Path<(String, String)>,
    body: Bytes,
) -> StatusCode {
    let outcome = match &*kind {
        "response" => Ok(body.to_vec()),
        "error" => Err(Failure::Error(failure::message(&body))),
        _ => return StatusCode::NOT_FOUND,
    };
    api.pass_on(Some(request_id), outcome)
}

async fn init_error(State(api): State<Arc<Api>>, body: Bytes) -> StatusCode {
    let failure = Failure::Init(failure::message(&body));
    api.pass_on(None, Err(failure))
}

/// An extension of the function's own process gets no `INVOKE` event here, and
/// may not ask for `SHUTDOWN` on Lambda either.
async fn register(State(api): State<Arc<Api>>, body: Bytes) -> Response {
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let events = request["events"].as_array();
    if events.is_some_and(|events| !events.is_empty()) {
        let error = json!({
            "errorType": "Extension.InvalidEventType",
            "errorMessage":
                "the local Lambda sends no events to extensions; register with `\"events\": []`",
        });
        return (StatusCode::FORBIDDEN, error.to_string()).into_response();
    }
    api.calls.send_modify(|calls| calls.extensions += 1);
    let id = api.calls.borrow().extensions.to_string();
    let function = api.function.to_string();
    ([("Lambda-Extension-Identifier", id)], function).into_response()
}

/// Never answers, because no extension is registered for an event.
async fn next_extension_event(State(api): State<Arc<Api>>) {
    api.calls.send_modify(|calls| calls.ready_extensions += 1);
    std::future::pending().await
}

impl Api {
    fn pass_on(&self, request_id: Option<String>, outcome: Result<Vec<u8>, Failure>) -> StatusCode {
        let answer = Answer {
            request_id,
            outcome,
        };
        // The receiver lives as long as the server.
        let _ = self.answers.send(answer);
        StatusCode::ACCEPTED
    }
}
