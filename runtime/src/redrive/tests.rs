//! A local HTTP server that answers as SQS does (AWS JSON 1.0), so that tests use the
//! real SDK client, with the answers that a test prepares for each operation.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::{Arc, Mutex},
    time::Duration,
};

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Bytes, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use redrive_model::names;

use super::config::Config;

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

/// The operation or the path, and the body of each request.
type Requests = Arc<Mutex<Vec<(String, Value)>>>;

/// The answers to each operation, in order; the last one is repeated.
type Answers = Arc<Mutex<HashMap<&'static str, VecDeque<Answer>>>>;

/// A server on its own port, until the test's runtime ends.
pub(crate) struct FakeAws {
    pub(crate) address: String,
    requests: Requests,
}

impl FakeAws {
    /// Answers each operation with its answers in order, and any other with 400.
    pub(crate) async fn start(answers: impl IntoIterator<Item = (&'static str, Answer)>) -> Self {
        let mut by_operation: HashMap<_, VecDeque<_>> = HashMap::new();
        for (operation, answer) in answers {
            by_operation.entry(operation).or_default().push_back(answer);
        }
        let answers = Arc::new(Mutex::new(by_operation));
        let requests = Requests::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();

        let log = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answers, log) = (Arc::clone(&answers), Arc::clone(&log));
                let service = service_fn(move |request| {
                    answer(request, Arc::clone(&answers), Arc::clone(&log))
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        FakeAws { address, requests }
    }

    /// The client that Lambda's environment configures, with this server as SQS.
    pub(crate) fn client(&self) -> aws_sdk_sqs::Client {
        crate::sqs::client::client_from(|name| match name {
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
            "AWS_REGION" => Some("eu-west-1".to_owned()),
            "AWS_ENDPOINT_URL_SQS" => Some(format!("http://{}", self.address)),
            _ => None,
        })
        .unwrap()
    }

    /// How often `operation` was called.
    pub(crate) fn calls(&self, operation: &str) -> usize {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .filter(|(name, _)| name == operation)
            .count()
    }

    /// The body of the first call of `operation`.
    pub(crate) fn request(&self, operation: &str) -> Value {
        let requests = self.requests.lock().unwrap();
        let found = requests.iter().find(|(name, _)| name == operation);
        found.expect("the operation was called").1.clone()
    }
}

async fn answer(
    request: Request<Incoming>,
    answers: Answers,
    log: Requests,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let target = request.headers().get("x-amz-target");
    let operation = match target.and_then(|target| target.to_str().ok()) {
        Some(target) => target.trim_start_matches("AmazonSQS.").to_owned(),
        None => request.uri().path().to_owned(),
    };
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body = serde_json::from_slice(&body).unwrap();

    let answer = match answers.lock().unwrap().get_mut(operation.as_str()) {
        Some(left) if left.len() > 1 => left.pop_front().unwrap(),
        Some(last) => last[0].clone(),
        None => Answer::error("UnsupportedOperation", &operation),
    };
    log.lock().unwrap().push((operation, body));
    tokio::time::sleep(answer.delay).await;
    Ok(Response::builder()
        .status(answer.status)
        .header("content-type", "application/x-amz-json-1.0")
        .body(Full::from(answer.body))
        .unwrap())
}

/// A pair of standard queues, with the URL that the template gives.
pub(super) fn config(rate: Option<u32>) -> Config {
    let rate = rate.map(|rate| rate.to_string());
    Config::from_lookup(&|name: &str| match name {
        names::DLQ_ARN => Some("arn:aws:sqs:eu-west-1:123456789012:orders-dlq".to_owned()),
        names::SOURCE_ARN => Some("arn:aws:sqs:eu-west-1:123456789012:orders".to_owned()),
        names::DLQ_URL => {
            Some("https://sqs.eu-west-1.amazonaws.com/123456789012/orders-dlq".to_owned())
        }
        names::MAX_PER_SECOND => rate.clone(),
        _ => None,
    })
    .unwrap()
}
