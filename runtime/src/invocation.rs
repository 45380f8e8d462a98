//! One invocation: its event handed over as it came, and its answer.

use std::{
    cell::Cell,
    fmt,
    task::{Context, Poll},
};

use bytes::Bytes;
use lambda_runtime::{Diagnostic, LambdaInvocation, Service, tower::Layer};

use crate::handler::BoxError;

thread_local! {
    static EVENT: Cell<Option<Bytes>> = const { Cell::new(None) };
}

/// Hands the event's bytes to the handler as they came.
///
/// `lambda_runtime` gives a handler only what it has deserialized and no longer
/// borrows from, which copies every string of a batch. This layer gives it
/// `null` to deserialize and the bytes to [`take_event`]. It also keeps bodies
/// out of `lambda_runtime`'s own trace of the event.
#[derive(Clone, Copy)]
pub(crate) struct HandOver;

impl<S> Layer<S> for HandOver {
    type Service = HandOverService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        HandOverService { inner }
    }
}

#[derive(Clone)]
pub(crate) struct HandOverService<S> {
    inner: S,
}

impl<S> Service<LambdaInvocation> for HandOverService<S>
where
    S: Service<LambdaInvocation, Response = (), Error = BoxError>,
{
    type Response = ();
    type Error = BoxError;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut invocation: LambdaInvocation) -> Self::Future {
        let event = std::mem::replace(&mut invocation.body, Bytes::from_static(b"null"));
        // `call` reaches the handler on this thread before it returns.
        EVENT.set(Some(event));
        let future = self.inner.call(invocation);
        EVENT.set(None);
        future
    }
}

/// The event of the invocation that is being started on this thread.
pub(crate) fn take_event() -> Bytes {
    EVENT.take().unwrap_or_default()
}

/// Why an invocation ends with an error, after which SQS delivers the whole
/// batch again.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct InvocationError {
    kind: &'static str,
    message: String,
}

impl InvocationError {
    /// The event is not a batch of SQS records; `what` came.
    pub(crate) fn malformed_event(what: impl fmt::Display) -> Self {
        Self {
            kind: "MalformedEvent",
            message: format!(
                "this function takes events of an SQS event source mapping, but got: {what}"
            ),
        }
    }

    /// Every record failed.
    pub(crate) fn batch_failed(message: String) -> Self {
        Self {
            kind: "BatchFailed",
            message,
        }
    }
}

impl fmt::Display for InvocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// `lambda_runtime` logs a handler's error by `Debug`.
impl fmt::Debug for InvocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for InvocationError {}

impl From<InvocationError> for Diagnostic {
    fn from(error: InvocationError) -> Self {
        Self {
            error_type: error.kind.to_owned(),
            error_message: error.message,
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::Response;
    use lambda_runtime::service_fn;

    use super::*;

    #[tokio::test]
    async fn the_handler_gets_the_bytes_and_lambda_runtime_gets_null() {
        let inner = service_fn(|invocation: LambdaInvocation| {
            let event = take_event();
            async move {
                assert_eq!(invocation.body, "null");
                assert_eq!(event, "{\"Records\":[]}");
                Ok::<_, BoxError>(())
            }
        });
        let invocation = LambdaInvocation {
            parts: Response::new(()).into_parts().0,
            body: Bytes::from_static(b"{\"Records\":[]}"),
            context: lambda_runtime::Context::default(),
        };

        HandOver.layer(inner).call(invocation).await.unwrap();
        assert!(take_event().is_empty());
    }

    #[tokio::test]
    async fn an_event_that_no_handler_took_is_not_the_next_ones() {
        let inner = service_fn(|_| async { Ok::<_, BoxError>(()) });
        let invocation = LambdaInvocation {
            parts: Response::new(()).into_parts().0,
            body: Bytes::from_static(b"old"),
            context: lambda_runtime::Context::default(),
        };

        HandOver.layer(inner).call(invocation).await.unwrap();
        assert!(take_event().is_empty());
    }
}
