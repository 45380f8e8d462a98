//! Lambda's [Runtime API](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html),
//! served by `lambda_runtime`.

use std::{
    cell::Cell,
    convert::Infallible,
    env,
    future::{Future, pending},
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::FutureExt as _;
use lambda_runtime::{
    Diagnostic, LambdaEvent, LambdaInvocation, Runtime, Service, service_fn, tower::layer::layer_fn,
};
use lambda_runtime_api_client::{PooledClient, body::Body, build_request};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use tracing::Instrument as _;

use crate::{
    error::{BoxError, chain},
    failure::InvocationError,
    log, panic,
};

/// Where the Runtime API is.
const ADDRESS: &str = "AWS_LAMBDA_RUNTIME_API";
const MEMORY: &str = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE";

/// What Lambda always sets, and without which `lambda_runtime` panics.
const REQUIRED: [&str; 4] = [
    ADDRESS,
    "AWS_LAMBDA_FUNCTION_NAME",
    MEMORY,
    "AWS_LAMBDA_FUNCTION_VERSION",
];

/// Checks the environment.
///
/// # Errors
///
/// If this is not a Lambda function's, or a value is malformed.
pub(crate) fn check_environment() -> Result<(), BoxError> {
    let get = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let missing: Vec<_> = REQUIRED
        .into_iter()
        .filter(|name| get(name).is_none())
        .collect();
    if !missing.is_empty() {
        return Err(format!(
            "this is an AWS Lambda function, and {} is not set; deploy it, or run it with `cargo lambda watch` or `cargo redrive run`",
            missing.join(", ")
        )
        .into());
    }
    let address = get(ADDRESS).unwrap_or_default();
    let request = build_request().uri(&address).body(());
    if !request.is_ok_and(|request| request.uri().authority().is_some()) {
        return Err(format!("{ADDRESS} is not an address with a host: {address}").into());
    }
    if get(MEMORY).is_some_and(|memory| memory.parse::<i32>().is_err()) {
        return Err(format!("{MEMORY} is not a number").into());
    }
    Ok(())
}

/// The function's memory, once the environment has been checked.
pub(crate) fn memory_mb() -> u32 {
    let memory = env::var(MEMORY).ok();
    memory.and_then(|memory| memory.parse().ok()).unwrap_or(128)
}

/// One invocation.
pub(crate) struct Invocation {
    /// The event as it was received.
    pub(crate) event: Bytes,
    pub(crate) context: lambda_runtime::Context,
}

/// Serves invocations, and returns why that has ended: Lambda's Runtime API is gone,
/// or `after` has returned a reason.
///
/// `handle` returns the response, and what runs while Lambda receives it. `after` runs
/// then, before the next poll; it gets the invocation's id and deadline.
pub(crate) async fn serve<H, F, R, L, A, W>(handle: H, after: A) -> String
where
    H: Fn(Invocation) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(R, L), InvocationError>> + Send + 'static,
    R: Serialize + Send + 'static,
    L: FnOnce() + Send + 'static,
    A: Fn(String, u64) -> W + Clone + Send + 'static,
    W: Future<Output = Option<&'static str>> + Send + 'static,
{
    let service = service_fn(move |event: LambdaEvent<()>| {
        let (bytes, running) = PASSED.take().unzip();
        let invocation = Invocation {
            event: bytes.unwrap_or_default(),
            context: event.context,
        };
        let handled = AssertUnwindSafe(handle(invocation)).catch_unwind();
        async move {
            let panicked = |payload| Err(InvocationError::panicked(panic::take_message(payload)));
            let answer = handled.await.unwrap_or_else(panicked);
            let (response, meanwhile) = answer.inspect_err(log::invocation_failed)?;
            let meanwhile = async move {
                meanwhile();
                drop(running);
            };
            let meanwhile = meanwhile.in_current_span();
            // Spawned by a task: so it runs after the connection's, which sends the
            // response.
            tokio::spawn(async { drop(tokio::spawn(meanwhile)) });
            Ok::<_, InvocationError>(response)
        }
    });
    let (stop, mut stopped) = mpsc::channel(1);
    let state = Arc::default();
    let served = Runtime::new(service)
        .layer(layer_fn(move |inner| Invoke {
            inner,
            after: after.clone(),
            stop: stop.clone(),
            state: Arc::clone(&state),
        }))
        .run_concurrent();
    let ended = tokio::select! {
        // Of the statuses of a response of `/next`, `lambda_runtime` 1.5 knows only 204
        // (https://github.com/aws/aws-lambda-rust-runtime/pull/448), and it panics if the
        // headers of an invocation are missing. Defaults for these were declined:
        // https://github.com/aws/aws-lambda-rust-runtime/pull/322
        ended = AssertUnwindSafe(served).catch_unwind() => ended,
        Some(reason) = stopped.recv() => return str::to_owned(reason),
    };
    let reason = match ended {
        Ok(Ok(())) => "it ended".to_owned(),
        Ok(Err(error)) => chain(&error),
        Err(payload) => panic::take_message(payload),
    };
    format!("the Lambda Runtime API gives no further invocations: {reason}")
}

/// Reports to Lambda that the function cannot start:
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html#runtimes-api-initerror>.
///
/// # Errors
///
/// If Lambda does not accept the report.
pub(crate) async fn report_init_error(error_message: String) -> Result<(), BoxError> {
    let diagnostic = Diagnostic {
        error_type: "Runtime.InitError".to_owned(),
        error_message,
    };
    let request = build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header("lambda-runtime-function-error-type", &diagnostic.error_type)
        .body(Body::from(serde_json::to_vec(&diagnostic)?))?;
    let response = PooledClient::builder().build().call(request).await?;
    match response.status() {
        status if status.is_success() => Ok(()),
        status => Err(format!("status {status}").into()),
    }
}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        Self {
            error_type: error.kind().to_owned(),
            error_message: error.to_string(),
        }
    }
}

/// The event, and what is dropped when nothing of the invocation runs any more.
type Passed = (Bytes, oneshot::Sender<Infallible>);

thread_local! {
    static PASSED: Cell<Option<Passed>> = const { Cell::new(None) };
}

/// Passes the event's bytes to the handler unchanged, in the invocation's span,
/// and does what is left after the answer.
///
/// `lambda_runtime` gives a handler only what it has deserialized into owned
/// data, which copies every string of a batch. With this layer it deserializes
/// `null`, and the bytes go through a thread-local. That also keeps bodies out of
/// `lambda_runtime`'s trace of the event.
#[derive(Clone)]
struct Invoke<S, A> {
    inner: S,
    after: A,
    stop: mpsc::Sender<&'static str>,
    state: Arc<State>,
}

/// What the invocations of a process share.
#[derive(Default)]
struct State {
    /// Invocations that have not been answered.
    active: AtomicUsize,
    /// Why the process has to end. The last invocation to answer ends it, and the
    /// others poll no further: what they would get would be lost.
    reason: OnceLock<&'static str>,
}

impl<S, A, W> Service<LambdaInvocation> for Invoke<S, A>
where
    S: Service<LambdaInvocation, Response = (), Error = BoxError>,
    S::Future: Send + 'static,
    A: Fn(String, u64) -> W + Clone + Send + 'static,
    W: Future<Output = Option<&'static str>> + Send + 'static,
{
    type Response = ();
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut invocation: LambdaInvocation) -> Self::Future {
        let context = &invocation.context;
        let span = log::invocation_span(&context.request_id, context.xray_trace_id.as_deref());
        let (request_id, deadline) = (context.request_id.clone(), context.deadline);
        let event = std::mem::replace(&mut invocation.body, Bytes::from_static(b"null"));
        // `call` reaches the handler on this thread before it returns.
        let (running, done) = oneshot::channel();
        PASSED.set(Some((event, running)));
        // The span ends with the answer, so `flush` can send it.
        let answered = self.inner.call(invocation).instrument(span);
        PASSED.set(None);
        let (after, stop) = (self.after.clone(), self.stop.clone());
        let state = Arc::clone(&self.state);
        state.active.fetch_add(1, Relaxed);
        let invoked = async move {
            let answered = answered.await;
            _ = done.await;
            if let Some(found) = after(request_id, deadline).await {
                _ = state.reason.set(found);
            }
            let is_last = state.active.fetch_sub(1, Relaxed) == 1;
            if let Some(reason) = state.reason.get() {
                if is_last {
                    // The receiver is there as long as this is polled.
                    _ = stop.send(reason).await;
                }
                pending::<()>().await;
            }
            answered
        };
        Box::pin(invoked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoke<S>(
        inner: S,
    ) -> Invoke<S, impl Fn(String, u64) -> std::future::Ready<Option<&'static str>> + Clone> {
        Invoke {
            inner,
            after: |_, _| std::future::ready(None),
            stop: mpsc::channel(1).0,
            state: Arc::default(),
        }
    }

    fn invocation(event: &'static [u8]) -> LambdaInvocation {
        let (parts, ()) = hyper::Response::new(()).into_parts();
        LambdaInvocation {
            parts,
            body: Bytes::from_static(event),
            context: lambda_runtime::Context::default(),
        }
    }

    #[tokio::test]
    async fn the_handler_gets_the_bytes_and_lambda_runtime_gets_null() {
        let inner = service_fn(|invocation: LambdaInvocation| {
            let (event, _running) = PASSED.take().unwrap();
            async move {
                assert_eq!(invocation.body, "null");
                assert_eq!(event, "{\"Records\":[]}");
                Ok::<_, BoxError>(())
            }
        });

        let called = invoke(inner).call(invocation(b"{\"Records\":[]}"));

        called.await.unwrap();
        assert!(PASSED.take().is_none());
    }

    #[tokio::test]
    async fn an_event_that_no_handler_took_is_not_the_next_ones() {
        let inner = service_fn(|_| async { Ok::<_, BoxError>(()) });

        invoke(inner).call(invocation(b"old")).await.unwrap();

        assert!(PASSED.take().is_none());
    }
}
