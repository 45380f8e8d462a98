//! AWS as a local HTTP server (AWS JSON 1.0), so that tests use the SDK's own clients.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::{BodyExt, Full};
use hyper::{Response, body::Bytes, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// One answer of the server.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    status: u16,
    body: String,
    delay: Duration,
}

impl Answer {
    pub(crate) fn ok(body: &Value) -> Self {
        Self::text(200, &body.to_string())
    }

    pub(crate) fn error(code: &str, message: &str) -> Self {
        let body = json!({"__type": format!("com.amazonaws.sqs#{code}"), "message": message});
        Self::text(400, &body.to_string())
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self {
            status,
            body: body.to_owned(),
            delay: Duration::ZERO,
        }
    }

    /// No answer within the time of a test.
    pub(crate) fn never() -> Self {
        Self {
            delay: Duration::from_secs(600),
            ..Self::text(200, "{}")
        }
    }
}

/// What the server was asked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) operation: String,
    pub(crate) body: Value,
    /// The X-Ray header.
    pub(crate) trace: Option<String>,
}

/// A server on its own port, until the test's runtime ends.
#[derive(Clone)]
pub(crate) struct FakeAws {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl FakeAws {
    /// Answers each operation with its answers in order, the last one again and again, and
    /// any other with 400.
    pub(crate) async fn start(answers: impl IntoIterator<Item = (&'static str, Answer)>) -> Self {
        let mut by_operation: HashMap<_, VecDeque<_>> = HashMap::new();
        for (operation, answer) in answers {
            by_operation.entry(operation).or_default().push_back(answer);
        }
        let next = move |request: &Request| {
            let operation = &*request.operation;
            match by_operation.get_mut(operation) {
                Some(left) if left.len() > 1 => left.pop_front().unwrap(),
                Some(last) => last[0].clone(),
                None => Answer::error("UnsupportedOperation", operation),
            }
        };
        Self::that(next).await
    }

    /// Answers as `answer` does.
    pub(crate) async fn that(answer: impl FnMut(&Request) -> Answer + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let aws = Self {
            address: listener.local_addr().unwrap().to_string(),
            requests: Arc::default(),
        };
        let (log, answer) = (aws.clone(), Arc::new(Mutex::new(answer)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (log.clone(), Arc::clone(&answer));
                let service = service_fn(move |request| {
                    let (log, answer) = (log.clone(), Arc::clone(&answer));
                    async move {
                        let request = read(request).await;
                        let answer = (*answer.lock().unwrap())(&request);
                        log.requests.lock().unwrap().push(request);
                        tokio::time::sleep(answer.delay).await;
                        let response = Response::builder()
                            .status(answer.status)
                            .header("content-type", "application/x-amz-json-1.0")
                            .body(Full::<Bytes>::from(answer.body));
                        Ok::<_, Infallible>(response.unwrap())
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        aws
    }

    /// A variable that Lambda sets, with this server as AWS.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        match name {
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
            "AWS_REGION" => Some("eu-west-1".to_owned()),
            "AWS_ENDPOINT_URL" => Some(format!("http://{}", self.address)),
            _ => None,
        }
    }

    pub(crate) fn client(&self) -> aws_sdk_sqs::Client {
        crate::sqs::client::client_from(|name| self.variable(name)).unwrap()
    }

    /// What it was asked, in order.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// How often `operation` was called.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        let requests = self.requests();
        let calls = requests.iter().filter(|it| it.operation == operation);
        calls.count()
    }

    /// The body of the first call of `operation`.
    pub(crate) fn request(&self, operation: &str) -> Value {
        let mut requests = self.requests().into_iter();
        let found = requests.find(|it| it.operation == operation);
        found.expect("the operation was called").body
    }
}

async fn read(request: hyper::Request<Incoming>) -> Request {
    let header = |name| Some(request.headers().get(name)?.to_str().unwrap().to_owned());
    let target: Option<String> = header("x-amz-target");
    let (_, operation) = target.as_deref().and_then(|it| it.split_once('.')).unwrap();
    let (operation, trace) = (operation.to_owned(), header("x-amzn-trace-id"));
    let body = request.into_body().collect().await.unwrap().to_bytes();
    Request {
        operation,
        body: serde_json::from_slice(&body).unwrap(),
        trace,
    }
}
