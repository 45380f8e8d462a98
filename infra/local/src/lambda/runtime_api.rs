//! The Lambda Runtime API, for one execution environment; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, mpsc, watch};
use tokio::task::JoinHandle;

/// An event on its way to the function.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) request_id: String,
    pub(crate) payload: String,
    /// Milliseconds since the epoch, in real time.
    pub(crate) deadline_ms: u128,
    pub(crate) function_arn: String,
}

/// What the function told the API.
#[derive(Debug)]
pub(crate) enum Told {
    Response { request_id: String, body: Bytes },
    Error { request_id: String, body: Bytes },
    InitError { body: Bytes },
}

/// The simulation's end of the API.
#[derive(Debug)]
pub(crate) struct RuntimeApi {
    /// `AWS_LAMBDA_RUNTIME_API`.
    pub(crate) address: SocketAddr,
    pub(crate) deliveries: mpsc::UnboundedSender<Delivery>,
    pub(crate) told: mpsc::UnboundedReceiver<Told>,
    /// How often the function has asked for an event.
    pub(crate) polls: watch::Receiver<u64>,
    server: JoinHandle<std::io::Result<()>>,
}

struct Server {
    deliveries: Mutex<mpsc::UnboundedReceiver<Delivery>>,
    told: mpsc::UnboundedSender<Told>,
    polls: watch::Sender<u64>,
}

impl RuntimeApi {
    /// Serves the API on a free port of the loopback address.
    ///
    /// # Errors
    /// No port can be bound.
    pub(crate) async fn serve() -> std::io::Result<Self> {
        let (deliveries, pending) = mpsc::unbounded_channel();
        let (tell, told) = mpsc::unbounded_channel();
        let (poll, polls) = watch::channel(0);
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(
                "/2018-06-01/runtime/invocation/{request_id}/response",
                post(response),
            )
            .route(
                "/2018-06-01/runtime/invocation/{request_id}/error",
                post(error),
            )
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(Arc::new(Server {
                deliveries: Mutex::new(pending),
                told: tell,
                polls: poll,
            }))
            // A response may have 6 MB, which is Lambda's own limit to check.
            .layer(axum::extract::DefaultBodyLimit::disable());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        Ok(Self {
            address: listener.local_addr()?,
            deliveries,
            told,
            polls,
            server: tokio::spawn(async move { axum::serve(listener, router).await }),
        })
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(server): State<Arc<Server>>) -> Response<Body> {
    server.polls.send_modify(|polls| *polls += 1);
    let delivery = server.deliveries.lock().await.recv().await;
    let response = delivery.and_then(|delivery| {
        Response::builder()
            .header("Content-Type", "application/json")
            .header("Lambda-Runtime-Aws-Request-Id", delivery.request_id)
            .header(
                "Lambda-Runtime-Deadline-Ms",
                delivery.deadline_ms.to_string(),
            )
            .header("Lambda-Runtime-Invoked-Function-Arn", delivery.function_arn)
            .header(
                "Lambda-Runtime-Trace-Id",
                "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
            )
            .body(Body::from(delivery.payload))
            .ok()
    });
    response.unwrap_or_else(|| status(StatusCode::INTERNAL_SERVER_ERROR))
}

async fn response(
    State(server): State<Arc<Server>>,
    Path(request_id): Path<String>,
    body: Bytes,
) -> Response<Body> {
    server.tell(Told::Response { request_id, body })
}

async fn error(
    State(server): State<Arc<Server>>,
    Path(request_id): Path<String>,
    body: Bytes,
) -> Response<Body> {
    server.tell(Told::Error { request_id, body })
}

async fn init_error(State(server): State<Arc<Server>>, body: Bytes) -> Response<Body> {
    server.tell(Told::InitError { body })
}

impl Server {
    fn tell(&self, told: Told) -> Response<Body> {
        match self.told.send(told) {
            Ok(()) => status(StatusCode::ACCEPTED),
            Err(_) => status(StatusCode::GONE),
        }
    }
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
