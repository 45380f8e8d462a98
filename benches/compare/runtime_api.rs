//! Lambda's Runtime API for one process, with a clock.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, StatusCode, body::Bytes, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpListener,
    sync::{Mutex as AsyncMutex, mpsc},
};

use crate::Error;

/// What the process answered to one event.
#[derive(Debug)]
pub(crate) enum Answer {
    Response(Bytes),
    Error(Bytes),
}

/// Something the process did.
#[derive(Debug)]
pub(crate) enum Happened {
    /// It asked for the next event, ready for it.
    Polled(Instant),
    /// It answered an event.
    Answered {
        given: Instant,
        at: Instant,
        answer: Answer,
    },
    /// It could not start.
    InitError(Bytes),
}

/// The server of one process.
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    pub(crate) events: mpsc::UnboundedSender<Bytes>,
    pub(crate) happened: mpsc::UnboundedReceiver<Happened>,
}

struct Service {
    events: AsyncMutex<mpsc::UnboundedReceiver<Bytes>>,
    /// When the current event was given.
    given: Mutex<Option<Instant>>,
    happened: mpsc::UnboundedSender<Happened>,
    /// From giving an event to its deadline.
    timeout: Duration,
}

impl RuntimeApi {
    /// Listens on its own port until the runtime ends.
    pub(crate) async fn start(timeout: Duration) -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (events, queue) = mpsc::unbounded_channel();
        let (sender, happened) = mpsc::unbounded_channel();
        let service = Arc::new(Service {
            events: AsyncMutex::new(queue),
            given: Mutex::new(None),
            happened: sender,
            timeout,
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // As Lambda's own: small answers are not held back.
                let _ = stream.set_nodelay(true);
                let service = Arc::clone(&service);
                let serve = service_fn(move |request| {
                    let service = Arc::clone(&service);
                    async move { Ok::<_, Infallible>(service.answer(request).await) }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), serve),
                );
            }
        });
        Ok(RuntimeApi {
            address,
            events,
            happened,
        })
    }
}

impl Service {
    async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let path = request.uri().path().to_owned();
        if path.ends_with("/invocation/next") {
            return self.next().await;
        }
        let Ok(body) = request.into_body().collect().await else {
            return status(StatusCode::BAD_REQUEST);
        };
        let body = body.to_bytes();
        if path.ends_with("/init/error") {
            self.send(Happened::InitError(body));
        } else {
            let given = self.given().take();
            let answer = match path.ends_with("/response") {
                true => Answer::Response(body),
                false => Answer::Error(body),
            };
            if let Some(given) = given {
                let at = Instant::now();
                self.send(Happened::Answered { given, at, answer });
            }
        }
        status(StatusCode::ACCEPTED)
    }

    async fn next(&self) -> Response<Full<Bytes>> {
        self.send(Happened::Polled(Instant::now()));
        let Some(event) = self.events.lock().await.recv().await else {
            return status(StatusCode::GONE);
        };
        *self.given() = Some(Instant::now());
        let deadline = SystemTime::now() + self.timeout;
        let deadline = deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
        Response::builder()
            .header("content-type", "application/json")
            .header(
                "lambda-runtime-aws-request-id",
                "8476a536-e9f4-11e8-9739-2dfe598c3fcd",
            )
            .header(
                "lambda-runtime-deadline-ms",
                deadline.as_millis().to_string(),
            )
            .header(
                "lambda-runtime-invoked-function-arn",
                "arn:aws:lambda:eu-west-1:123456789012:function:orders",
            )
            .header(
                "lambda-runtime-trace-id",
                "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0",
            )
            .body(Full::new(event))
            .unwrap_or_else(|_| status(StatusCode::INTERNAL_SERVER_ERROR))
    }

    /// Only a panic elsewhere poisons the lock, and the time stays a time.
    fn given(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody listens only when the measurement is over.
    fn send(&self, happened: Happened) {
        let _ = self.happened.send(happened);
    }
}

fn status(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}
