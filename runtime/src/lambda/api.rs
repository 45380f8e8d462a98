//! Lambda's [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).

use std::{env, future::poll_fn, pin::Pin};

use bytes::Bytes;
use hyper::{
    HeaderMap, Request, Response, StatusCode,
    body::{Body as _, Incoming},
    header::{HeaderValue, USER_AGENT},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::json;

use crate::{error::BoxError, failure::InvocationError, lambda::Invocation, log};

/// Where it is; Lambda always sets it.
pub(crate) const ADDRESS: &str = "AWS_LAMBDA_RUNTIME_API";

/// How much is read from the socket at once.
const PIECE: usize = 128 << 10;

/// The largest event that is made room for before it is there.
const LARGEST_EVENT: u64 = 16 << 20;

const INVOCATION_ID: &str = "lambda-runtime-invocation-id";

/// A client of the Runtime API.
pub(crate) struct RuntimeApi {
    client: Client<HttpConnector, String>,
    base: String,
}

/// What an answer is to name.
pub(crate) struct Ticket {
    request_id: String,
    /// By which Lambda knows the answer to an invocation that has timed out.
    invocation_id: Option<HeaderValue>,
}

impl Ticket {
    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }
}

impl RuntimeApi {
    /// # Errors
    ///
    /// If the environment does not say where it is.
    pub(crate) fn from_env() -> Result<Self, BoxError> {
        let address = env::var(ADDRESS).map_err(|_| format!("{ADDRESS} is not set"))?;
        Ok(Self::at(&address))
    }

    pub(super) fn at(address: &str) -> Self {
        // Local engines give each function a path of its own.
        let scheme = if address.contains("://") {
            ""
        } else {
            "http://"
        };
        let mut tcp = HttpConnector::new();
        // The end of a long answer must not wait until its beginning is confirmed.
        tcp.set_nodelay(true);
        Self {
            // Pieces of one size, so that the client reads each into the memory of
            // the one before.
            client: Client::builder(TokioExecutor::new())
                .http1_read_buf_exact_size(PIECE)
                .build(tcp),
            base: format!(
                "{scheme}{}/2018-06-01/runtime",
                address.trim_end_matches('/')
            ),
        }
    }

    /// Waits for the next invocation; `None`: there is none yet, as local engines
    /// say after a while.
    ///
    /// # Errors
    ///
    /// If the Runtime API is gone or in no state to go on.
    pub(crate) async fn next(&self) -> Result<Option<(Ticket, Invocation)>, BoxError> {
        let response = self
            .call("GET", "/invocation/next", None, String::new())
            .await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NO_CONTENT => return Ok(None),
            _ => return Err(refused("gives no invocation", response).await),
        }
        let (parts, body) = response.into_parts();
        let text = |name| text(&parts.headers, name);
        let ticket = Ticket {
            request_id: text("lambda-runtime-aws-request-id")
                .ok_or("Lambda's invocation has no request id")?,
            invocation_id: parts.headers.get(INVOCATION_ID).cloned(),
        };
        let invocation = Invocation {
            deadline_ms: text("lambda-runtime-deadline-ms")
                .and_then(|deadline| deadline.parse().ok())
                .unwrap_or_default(),
            trace_header: text("lambda-runtime-trace-id"),
            event: read(body).await?,
        };
        Ok(Some((ticket, invocation)))
    }

    /// Tells what came of an invocation. That Lambda does not want to hear it is
    /// the invocation's end, not the process's.
    ///
    /// # Errors
    ///
    /// If the Runtime API is gone, or says that it cannot go on.
    pub(crate) async fn tell(
        &self,
        ticket: &Ticket,
        answer: Result<String, InvocationError>,
    ) -> Result<(), BoxError> {
        let (kind, body) = match answer {
            Ok(answer) => ("response", answer),
            Err(error) => ("error", diagnostic(error.kind(), &error.to_string())),
        };
        let path = format!("/invocation/{}/{kind}", ticket.request_id);
        let response = self
            .call("POST", &path, ticket.invocation_id.as_ref(), body)
            .await?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        let error = refused("did not take the answer", response).await;
        // Lambda's own word for it is "non-recoverable", and to "exit promptly".
        if status.is_server_error() {
            return Err(error);
        }
        log::answer_refused(&error);
        Ok(())
    }

    /// Tells that the function cannot start.
    ///
    /// # Errors
    ///
    /// If Lambda does not want to hear it.
    pub(crate) async fn init_error(&self, message: &str) -> Result<(), BoxError> {
        let body = diagnostic("Runtime.InitError", message);
        let response = self.call("POST", "/init/error", None, body).await?;
        match response.status().is_success() {
            true => Ok(()),
            false => Err(refused("did not take the report", response).await),
        }
    }

    /// Waits until the process is restored from its snapshot.
    ///
    /// # Errors
    ///
    /// If it is not.
    pub(crate) async fn restored(&self) -> Result<(), BoxError> {
        let response = self
            .call("GET", "/restore/next", None, String::new())
            .await?;
        match response.status().is_success() {
            true => Ok(()),
            false => Err(refused("did not restore the process", response).await),
        }
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        invocation_id: Option<&HeaderValue>,
        body: String,
    ) -> Result<Response<Incoming>, BoxError> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(USER_AGENT, concat!("redrive/", env!("CARGO_PKG_VERSION")));
        if let Some(id) = invocation_id {
            request = request.header(INVOCATION_ID, id);
        }
        if path.ends_with("/error") {
            let kind = if path.starts_with("/init") {
                "Runtime.InitError"
            } else {
                "unhandled"
            };
            request = request.header("lambda-runtime-function-error-type", kind);
        }
        Ok(self.client.request(request.body(body)?).await?)
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().ok()?.to_owned())
}

fn diagnostic(kind: &str, message: &str) -> String {
    json!({"errorType": kind, "errorMessage": message}).to_string()
}

async fn refused(what: &str, response: Response<Incoming>) -> BoxError {
    let status = response.status();
    let said = read(response.into_body()).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&said);
    format!("Lambda's Runtime API {what}: {status} {said}").into()
}

/// The body in one piece, without a second copy of it at any time.
async fn read(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let length = body.size_hint().exact().unwrap_or_default();
    let mut whole = Vec::with_capacity(length.min(LARGEST_EVENT) as usize);
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        if let Ok(piece) = frame?.into_data() {
            whole.extend_from_slice(&piece);
        }
    }
    Ok(whole.into())
}
