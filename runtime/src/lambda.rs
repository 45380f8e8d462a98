//! The loop of a Lambda function: receive an invocation, run it, report.
//!
//! Of our own, as `lambda_runtime` holds an event in the pieces that came off the
//! socket, and in one piece beside them: for a batch of 6 MB, most of a process.

mod api;
mod trace_header;

use std::{
    env, error::Error, fmt, future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration,
};

use bytes::Bytes;
use futures_util::FutureExt as _;
use serde::Serialize;
use tokio::task::JoinSet;
use tracing::Instrument as _;

pub(crate) use self::api::RuntimeApi;
use crate::{error::BoxError, failure::InvocationError, log, panic};

/// What Lambda gives the function.
pub(crate) struct Invocation {
    /// The event as it came.
    pub(crate) event: Bytes,
    /// When Lambda ends the invocation, in milliseconds since 1970; 0: unknown.
    pub(crate) deadline_ms: u64,
    /// The X-Ray header.
    pub(crate) trace_header: Option<String>,
}

/// How many invocations Lambda gives this process at once: several on
/// [Managed Instances](https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances.html).
pub(crate) fn max_concurrency() -> usize {
    env::var("AWS_LAMBDA_MAX_CONCURRENCY")
        .ok()
        .and_then(|number| number.parse().ok())
        .filter(|number| *number > 0)
        .unwrap_or(1)
}

/// How long to wait before asking again for what was not there: not every local
/// engine waits before it says so.
const PAUSE: Duration = Duration::from_millis(100);

/// Lambda gives no more invocations, or has lost what came of one: the process
/// has to end.
#[derive(Debug)]
pub(crate) struct Stopped(BoxError);

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot go on")
    }
}

impl Error for Stopped {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.0.as_ref())
    }
}

/// Serves invocations until Lambda ends the process.
///
/// # Errors
///
/// [`Stopped`] if the Runtime API is gone; any other if there is none.
pub(crate) async fn serve<H, F, A, E>(handle: H) -> Result<(), BoxError>
where
    H: Fn(Invocation) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<A, E>> + Send,
    A: Serialize + Send,
    E: Into<InvocationError> + Send,
{
    let api = Arc::new(started().await?);
    match max_concurrency() {
        1 => Err(poll(&api, handle, true).await.into()),
        number => {
            let mut polls = JoinSet::new();
            for _ in 0..number {
                let (api, handle) = (Arc::clone(&api), handle.clone());
                polls.spawn(async move { poll(&api, handle, false).await });
            }
            // What others have begun is finished: each loop ends by itself.
            let mut ended = Ok(());
            while let Some(one) = polls.join_next().await {
                let error = one.unwrap_or_else(|error| Stopped(error.into())).into();
                // The last one is told as what ends the process.
                if !polls.is_empty() {
                    log::poll_ended(&error);
                }
                ended = Err(error);
            }
            ended
        }
    }
}

/// The Runtime API, after the snapshot if Lambda takes one
/// (<https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html>).
async fn started() -> Result<RuntimeApi, BoxError> {
    let api = RuntimeApi::from_env()?;
    if env::var("AWS_LAMBDA_INITIALIZATION_TYPE").as_deref() != Ok("snap-start") {
        return Ok(api);
    }
    api.restored().await?;
    // No connection outlives a snapshot.
    RuntimeApi::from_env()
}

/// One invocation after another. `alone`: no other is served at the same time.
async fn poll<H, F, A, E>(api: &RuntimeApi, handle: H, alone: bool) -> Stopped
where
    H: Fn(Invocation) -> F,
    F: Future<Output = Result<A, E>>,
    A: Serialize,
    E: Into<InvocationError>,
{
    loop {
        let (ticket, invocation) = match api.next().await {
            Ok(Some(next)) => next,
            Ok(None) => {
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            Err(error) => return Stopped(error),
        };
        if alone {
            trace_header::set(invocation.trace_header.as_deref());
        }
        let span = log::invocation_span(ticket.request_id(), invocation.trace_header.as_deref());
        let told = async {
            let answer = run(handle(invocation)).await;
            if let Err(error) = &answer {
                log::invocation_failed(error);
            }
            api.tell(&ticket, answer).await
        };
        if let Err(error) = told.instrument(span).await {
            return Stopped(error);
        }
    }
}

/// The answer as JSON; a panic outside of all records is an error too.
async fn run<A, E>(handled: impl Future<Output = Result<A, E>>) -> Result<String, InvocationError>
where
    A: Serialize,
    E: Into<InvocationError>,
{
    let answer = AssertUnwindSafe(handled)
        .catch_unwind()
        .await
        .map_err(|payload| InvocationError::panicked(&panic::take_message(payload)))?
        .map_err(Into::into)?;
    serde_json::to_string(&answer).map_err(|error| InvocationError::unanswerable(&error))
}

#[cfg(test)]
mod tests;
