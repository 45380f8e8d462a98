//! One attempt at one record.

use std::{
    future::{Future, ready},
    pin::Pin,
    task::{Context, Poll},
    time::SystemTime,
};

use pin_project_lite::pin_project;
use tracing::Span;

use crate::{
    error::BoxError,
    failure::Failure,
    idempotency::{Claim, Claimed, IdempotencySettings, Key},
    log::{
        self,
        record_context::{self, Current, Polled},
    },
    message::Record,
    panic,
};

/// What the engine runs for each record.
pub(crate) trait Process: Sync {
    /// How records are looked up before they run; `None`: they are not.
    const IDEMPOTENCY: Option<IdempotencySettings> = None;

    /// One attempt: makes the message and handles it.
    fn process(&self, record: Record<'_>) -> impl Future<Output = Result<(), Failure>> + Send;

    /// The time of day at which an invocation starts.
    fn started(&self) -> SystemTime {
        SystemTime::now()
    }

    /// The key of the record; `None` if the message cannot be read.
    ///
    /// # Errors
    ///
    /// If it can be read, but has no key.
    fn key(&self, _record: Record<'_>) -> Result<Option<Key>, Failure> {
        Ok(None)
    }

    /// Claims a key.
    fn claim(&self, _claim: &Claim) -> impl Future<Output = Result<Claimed, BoxError>> + Send {
        ready(Ok(Claimed::Yes))
    }

    /// Completes a key; `false` if another owner has it.
    fn complete(&self, _claim: &Claim) -> impl Future<Output = Result<bool, BoxError>> + Send {
        ready(Ok(true))
    }

    /// Releases a key.
    fn release(&self, _claim: &Claim) -> impl Future<Output = Result<(), BoxError>> + Send {
        ready(Ok(()))
    }
}

pin_project! {
    /// Polls an attempt in the name of its record, and catches its panic.
    pub(crate) struct Attempt<F> {
        #[pin]
        future: Option<F>,
        polled: Option<Polled>,
        span: Option<Span>,
        ended: bool,
    }

    impl<F> PinnedDrop for Attempt<F> {
        fn drop(this: Pin<&mut Self>) {
            // An attempt that is cut off runs the destructors of what it holds,
            // and those may panic too.
            let mut this = this.project();
            if let Some(span) = this.span && !*this.ended {
                log::record_span_failed(span, "timeout");
            }
            {
                let _entered = this.span.as_ref().map(Span::enter);
                let dropped = record_context::scope(this.polled, || panic::catch(|| this.future.set(None)));
                if let Err(failure) = dropped {
                    tracing::error!(error = failure.reason, "an attempt panicked when it was dropped");
                }
            }
        }
    }
}

impl<F> Attempt<F> {
    /// `span` is asked in the name of the record.
    pub(crate) fn new(future: F, current: Current, span: impl FnOnce() -> Option<Span>) -> Self {
        let mut polled = Some(Polled::new(current));
        let span = record_context::scope(&mut polled, span);
        Self {
            future: Some(future),
            polled,
            span,
            ended: false,
        }
    }
}

impl<F: Future<Output = Result<(), Failure>>> Future for Attempt<F> {
    type Output = Result<(), Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let _entered = this.span.as_ref().map(Span::enter);
        let polled = record_context::scope(this.polled, || {
            panic::catch(|| match this.future.as_mut().as_pin_mut() {
                Some(future) => future.poll(cx),
                // Polled after its end: there is nothing left to wait for.
                None => Poll::Pending,
            })
        });
        let result = match polled {
            Ok(poll) => std::task::ready!(poll),
            Err(panicked) => Err(panicked),
        };
        *this.ended = true;
        if let (Some(span), Err(failure)) = (&*this.span, &result) {
            log::record_span_failed(span, failure.kind.name());
        }
        Poll::Ready(result)
    }
}
