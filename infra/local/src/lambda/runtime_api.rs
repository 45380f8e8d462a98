//! The Lambda Runtime API, for one execution environment; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

use super::extensions::Extensions;
use super::function::LambdaFunction;

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
pub(super) enum Answer {
    Response { request_id: String, body: Bytes },
    Error { request_id: String, body: Bytes },
    InitError { body: Bytes },
}

/// The simulator's side of the API.
#[derive(Debug)]
pub(super) struct RuntimeApi {
    /// `AWS_LAMBDA_RUNTIME_API`.
    pub(super) address: SocketAddr,
    pub(super) invokes: mpsc::UnboundedSender<Invoke>,
    pub(super) answers: mpsc::UnboundedReceiver<Answer>,
    /// How often the function has asked for an event.
    pub(super) polls: watch::Receiver<u64>,
    pub(super) extensions: Arc<Extensions>,
    task: JoinHandle<std::io::Result<()>>,
}

#[derive(Debug)]
struct Server {
    invokes: Mutex<mpsc::UnboundedReceiver<Invoke>>,
    answers: mpsc::UnboundedSender<Answer>,
    polls: watch::Sender<u64>,
}

impl RuntimeApi {
    /// Serves the API on a free port of the loopback address.
    ///
    /// # Errors
    /// No port can be bound.
    pub(super) async fn serve(function: &LambdaFunction) -> std::io::Result<Self> {
        let (invokes, pending) = mpsc::unbounded_channel();
        let (answer, answers) = mpsc::unbounded_channel();
        let (poll, polls) = watch::channel(0);
        let extensions = Arc::new(Extensions::new(function));
        let server = Arc::new(Server {
            invokes: Mutex::new(pending),
            answers: answer,
            polls: poll,
        });
        const BASE: &str = "/2018-06-01/runtime";
        let router = Router::new()
            .route(&format!("{BASE}/invocation/next"), get(next))
            .route(
                &format!("{BASE}/invocation/{{id}}/response"),
                post(response),
            )
            .route(&format!("{BASE}/invocation/{{id}}/error"), post(error))
            .route(&format!("{BASE}/init/error"), post(init_error))
            .with_state(server)
            .merge(Arc::clone(&extensions).router())
            // Lambda limits responses to 6 MB, which is not simulated.
            .layer(axum::extract::DefaultBodyLimit::disable());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Self {
            address: listener.local_addr()?,
            invokes,
            answers,
            polls,
            extensions,
            task: tokio::spawn(async move { axum::serve(listener, router).await }),
        })
    }

    /// Completes when the function, and each of its extensions, has asked for its
    /// first event.
    pub(super) fn ready(&self) -> impl Future<Output = ()> + use<> {
        let (mut polls, extensions) = (self.polls.clone(), Arc::clone(&self.extensions));
        async move {
            // The API's task has the sender.
            let _ = polls.wait_for(|polls| *polls > 0).await;
            extensions.ready().await;
        }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn next(State(server): State<Arc<Server>>) -> Response {
    server.polls.send_modify(|polls| *polls += 1);
    let Some(invoke) = server.invokes.lock().await.recv().await else {
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

async fn response(
    State(server): State<Arc<Server>>,
    Path(request_id): Path<String>,
    body: Bytes,
) -> StatusCode {
    server.pass_on(Answer::Response { request_id, body })
}

async fn error(
    State(server): State<Arc<Server>>,
    Path(request_id): Path<String>,
    body: Bytes,
) -> StatusCode {
    server.pass_on(Answer::Error { request_id, body })
}

async fn init_error(State(server): State<Arc<Server>>, body: Bytes) -> StatusCode {
    server.pass_on(Answer::InitError { body })
}

impl Server {
    fn pass_on(&self, answer: Answer) -> StatusCode {
        match self.answers.send(answer) {
            Ok(()) => StatusCode::ACCEPTED,
            Err(_) => StatusCode::GONE,
        }
    }
}
