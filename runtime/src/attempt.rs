//! One attempt at one record.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use crate::{
    current::{self, Current},
    failure::Failure,
    message::Record,
    panic,
};

/// What the engine runs for each record.
pub(crate) trait Process: Sync {
    /// One attempt: makes the message and handles it.
    fn process(&self, record: Record<'_>) -> impl Future<Output = Result<(), Failure>> + Send;
}

pin_project! {
    /// Polls an attempt in the name of its record, and catches its panic.
    pub(crate) struct Attempt<F> {
        #[pin]
        future: F,
        current: Option<Current>,
    }
}

impl<F> Attempt<F> {
    pub(crate) fn new(future: F, current: Current) -> Self {
        Self {
            future,
            current: Some(current),
        }
    }
}

impl<F: Future<Output = Result<(), Failure>>> Future for Attempt<F> {
    type Output = Result<(), Failure>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let future = this.future;
        let polled = current::scope(this.current, || panic::catch(|| future.poll(cx)));
        Poll::Ready(match polled {
            Ok(poll) => ready!(poll),
            Err(panicked) => Err(panicked),
        })
    }
}
