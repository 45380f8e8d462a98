//! Runs a function on a batch in a unit test: the real engine, no AWS, and time
//! that does not pass while nothing happens.
//!
//! It needs the feature `testing`, which belongs in the dev-dependencies: in the
//! dependencies it would become part of the deployed binary. The function's own
//! dependency stays next to it:
//!
//! ```toml
//! [dependencies]
//! redrive = { path = "../redrive/runtime" }
//! serde = { version = "1", features = ["derive"] }
//!
//! [dev-dependencies]
//! redrive = { path = "../redrive/runtime", features = ["testing"] }
//! ```
//!
//! `cargo add redrive --dev --features testing` writes the last of these lines.
//!
//! # The function with its attribute
//!
//! The attribute generates a type with the function's name, which is visible where the
//! function is defined. [`Batch::of`] runs the function with exactly the attribute's
//! settings: retries and waits, timeouts, `concurrency`, FIFO, `is_permanent`, and what
//! happens to failures. Single settings can be overridden. Metrics are not written.
//!
//! ```ignore
//! #[sqs_batch(retries = 3, init = connect, is_permanent = OrderError::is_permanent)]
//! async fn process_order(order: Order, pool: &Pool) -> Result<(), OrderError> { /* … */ }
//!
//! #[test]
//! fn an_unknown_article_is_not_tried_again() {
//!     let batch = Batch::of::<process_order>().state(Pool::fake());
//!
//!     let report = batch.text(r#"{"sku":"unknown"}"#).text(r#"{"sku":"SKU-1"}"#).run();
//!
//!     assert_eq!(report.failed(), ["m1"]);
//!     assert_eq!(report.attempts("m1"), 1);
//! }
//! ```
//!
//! The type also has the names that would otherwise be repeated as strings:
//! `process_order::HANDLER`, `process_order::QUEUE`, `process_order::DLQ` and, with
//! `dlq_redrive`, `process_order::REDRIVE_HANDLER` and `process_order::PARKING`.
//!
//! # Any function
//!
//! [`Batch::new`] runs a function or a closure, with settings of the test:
//!
//! ```
//! use redrive::testing::Batch;
//!
//! #[derive(serde::Deserialize)]
//! struct Order { id: u64 }
//!
//! async fn process_order(order: Order) -> Result<(), String> {
//!     if order.id == 2 { Err("no such sku".into()) } else { Ok(()) }
//! }
//!
//! let report = Batch::new().text(r#"{"id":1}"#).text(r#"{"id":2}"#).retries(3).run(process_order);
//! assert_eq!(report.failed(), ["m2"]);
//! assert_eq!(report.attempts("m2"), 4);
//! ```

mod message;
mod of;
mod report;
mod sqs;

use std::{future::Future, marker::PhantomData, sync::Arc, thread, time::Duration};

use bytes::Bytes;
use serde::Serialize;
use tokio::time::Instant;

pub use self::{message::TestMessage, of::Of, report::Report, sqs::SentMessage};

use redrive_model::{
    Backoff,
    policy::{OnGroupFailure, OnPermanent, OnTotalFailure},
};

use crate::{
    batch::{Engine, attempt::Process, run::Run},
    deadline::Deadline,
    failure::Failure,
    handler::{Handler, HandlerError},
    message::{FromMessage, Record},
    panic,
    settings::Settings,
    worker,
};

/// The invocation of a test: a batch of messages, and the attribute's keys that the
/// worker uses.
///
/// Messages without an id are `m1`, `m2` and so on.
#[derive(Clone, Debug)]
pub struct Batch<F = ()> {
    function: F,
    messages: Vec<TestMessage>,
    event: Option<Vec<u8>>,
    fifo: bool,
    settings: Settings,
    remaining: Option<Duration>,
    sqs: sqs::StubBehavior,
    seed: u64,
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// A batch of a standard queue, with the attribute's defaults but no retries.
    pub fn new() -> Self {
        let settings = Settings {
            retries: 0,
            metrics: false,
            ..Settings::of("function")
        };
        Self::with((), settings, false)
    }

    /// A batch of a FIFO queue.
    pub fn fifo() -> Self {
        Self {
            fifo: true,
            ..Self::new()
        }
    }

    /// A batch for the function of an `#[sqs_batch]` attribute, with everything that
    /// the attribute specifies.
    pub fn of<H: Handler>() -> Batch<Of<H>> {
        Batch::with(Of::new(), H::SETTINGS, H::IS_FIFO)
    }

    /// The event as Lambda would send it, instead of messages.
    pub fn event(json: impl Into<Vec<u8>>) -> Self {
        Self {
            event: Some(json.into()),
            ..Self::new()
        }
    }

    /// Runs the function on the batch.
    ///
    /// Errors are permanent if they hold a [`Permanent`](crate::Permanent); see
    /// [`Batch::run_with`] for the attribute's `is_permanent = path`. It runs on its
    /// own thread, so that it works in any test, also in an asynchronous one.
    ///
    /// # Panics
    ///
    /// If the runtime cannot be started.
    pub fn run<M, E, F, Fut>(self, function: F) -> Report
    where
        M: FromMessage,
        E: HandlerError,
        F: Fn(M) -> Fut + Send + Sync,
        Fut: Future<Output = Result<(), E>> + Send,
    {
        self.run_with(function, |_| false)
    }

    /// As [`Batch::run`], with the attribute's `is_permanent = path`.
    ///
    /// # Panics
    ///
    /// If the runtime cannot be started.
    pub fn run_with<M, E, F, Fut>(self, function: F, permanent: fn(&E) -> bool) -> Report
    where
        M: FromMessage,
        E: HandlerError,
        F: Fn(M) -> Fut + Send + Sync,
        Fut: Future<Output = Result<(), E>> + Send,
    {
        let called = Called {
            function,
            permanent,
            types: PhantomData,
        };
        on_a_thread(|| self.run_here(async || called))
    }
}

impl<F> Batch<F> {
    fn with(function: F, settings: Settings, fifo: bool) -> Self {
        Self {
            function,
            messages: Vec::new(),
            event: None,
            fifo,
            settings,
            remaining: None,
            sqs: sqs::StubBehavior::default(),
            seed: 0,
        }
    }

    /// Adds a message with this value as its JSON body.
    ///
    /// # Panics
    ///
    /// If the value cannot be JSON.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        self.message(TestMessage::json(body))
    }

    /// Adds a message with this body, unchanged.
    #[must_use]
    pub fn text(self, body: impl Into<String>) -> Self {
        self.message(TestMessage::text(body))
    }

    /// Adds a message.
    #[must_use]
    pub fn message(mut self, message: TestMessage) -> Self {
        self.messages.push(message);
        self
    }

    /// The attribute's `retries`; default 0.
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.settings.retries = retries;
        self
    }

    /// The attribute's `backoff`, to the millisecond; default 200 ms to 5 s.
    #[must_use]
    pub fn backoff(mut self, min: Duration, max: Duration) -> Self {
        self.settings.backoff = Backoff::new(min, max);
        self
    }

    /// The attribute's `concurrency`; default 1.
    #[must_use]
    pub fn concurrency(mut self, records: u32) -> Self {
        self.settings.concurrency = records;
        self
    }

    /// The attribute's `timeout`; default 30 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Time left when the invocation starts; default the whole timeout.
    #[must_use]
    pub fn remaining(mut self, time: Duration) -> Self {
        self.remaining = Some(time);
        self
    }

    /// The attribute's `attempt_timeout`, to the millisecond; default none: an
    /// attempt may take the whole time left.
    #[must_use]
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.settings.attempt_timeout = Some(limit);
        self
    }

    /// Without an `attempt_timeout` that the attribute sets.
    #[must_use]
    pub fn without_attempt_timeout(mut self) -> Self {
        self.settings.attempt_timeout = None;
        self
    }

    /// The attribute's `on_total_failure = "report"`.
    #[must_use]
    pub fn report_total_failure(mut self) -> Self {
        self.settings.on_total_failure = OnTotalFailure::Report;
        self
    }

    /// The attribute's `on_group_failure = "stop_batch"`.
    #[must_use]
    pub fn stop_batch(mut self) -> Self {
        self.settings.on_group_failure = OnGroupFailure::StopBatch;
        self
    }

    /// The attribute's `on_permanent = "dlq"`.
    #[must_use]
    pub fn permanent_to_dlq(mut self) -> Self {
        self.settings.on_permanent = OnPermanent::Dlq;
        self
    }

    /// The attribute's `on_permanent = "park"`.
    #[must_use]
    pub fn park_permanent(mut self) -> Self {
        self.settings.on_permanent = OnPermanent::Park;
        self
    }

    /// The attribute's `redrive_rounds`: the worker sends on what fails in its last run;
    /// by default it does not, as without `dlq_redrive`.
    #[must_use]
    pub fn redrive_rounds(mut self, rounds: u32) -> Self {
        self.settings.rounds = Some(rounds);
        self
    }

    /// The attribute's `max_receive_count`; default 5.
    #[must_use]
    pub fn max_receive_count(mut self, receives: u32) -> Self {
        self.settings.max_receive_count = receives;
        self
    }

    /// As [`Batch::permanent_to_dlq`], with a DLQ that refuses every message.
    #[must_use]
    pub fn dlq_refuses(mut self) -> Self {
        self.sqs.refuses = true;
        self.permanent_to_dlq()
    }

    /// As [`Batch::permanent_to_dlq`], with a DLQ that accepts every message, but whose
    /// answers are lost.
    #[cfg(test)]
    pub(crate) fn dlq_loses_answers(mut self) -> Self {
        self.sqs.loses_answers = true;
        self.permanent_to_dlq()
    }

    /// With an SQS that needs this time to send a message, and to set delays.
    #[cfg(test)]
    pub(crate) fn slow_sqs(mut self, send: Duration, delay: Duration) -> Self {
        self.sqs.send = send;
        self.sqs.delay = delay;
        self
    }

    /// The attribute's `queue_backoff`, in whole seconds.
    #[must_use]
    pub fn queue_backoff(mut self, min: Duration, max: Duration) -> Self {
        self.settings.queue_backoff = Some(Backoff::new(min, max));
        self
    }

    /// Without a `queue_backoff` that the attribute sets.
    #[must_use]
    pub fn without_queue_backoff(mut self) -> Self {
        self.settings.queue_backoff = None;
        self
    }

    /// What the random waits are made from; default 0. The same seed gives the
    /// same waits.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// On virtual time, which passes only while everything waits.
    fn run_here<P: Process>(self, process: impl AsyncFnOnce() -> P) -> Report {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without input and output needs only memory");
        runtime.block_on(async { self.report(process().await, report::here).await })
    }

    async fn report<P: Process>(
        self,
        process: P,
        run: impl AsyncFnOnce(&Arc<Run<P, sqs::Recorder>>),
    ) -> Report {
        fastrand::seed(self.seed);
        let event = Bytes::from(self.event_json());
        let timeout = self.settings.timeout;
        let engine = Engine {
            settings: self.settings,
            process,
            sqs: sqs::Recorder::new(self.sqs),
            memory_mb: 1_769,
            function_name: self.settings.function.to_owned(),
        };
        let start = Instant::now();
        let deadline = Deadline::after(self.remaining.unwrap_or(timeout), timeout);
        Report::of(Arc::new(engine), event, deadline, start, run).await
    }

    fn event_json(&self) -> Vec<u8> {
        if let Some(event) = &self.event {
            return event.clone();
        }
        let records: Vec<_> = self
            .messages
            .iter()
            .enumerate()
            .map(|(index, message)| message.record(index + 1, self.fifo))
            .collect();
        serde_json::json!({ "Records": records })
            .to_string()
            .into_bytes()
    }
}

fn on_a_thread<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    panic::install_hook();
    thread::scope(|scope| match scope.spawn(run).join() {
        Ok(ran) => ran,
        Err(panicked) => std::panic::resume_unwind(panicked),
    })
}

/// A function under test.
struct Called<F, M, E> {
    function: F,
    permanent: fn(&E) -> bool,
    types: PhantomData<fn(M)>,
}

impl<M, E, F, Fut> Process for Called<F, M, E>
where
    M: FromMessage,
    E: HandlerError,
    F: Fn(M) -> Fut + Sync,
    Fut: Future<Output = Result<(), E>> + Send,
{
    async fn process(&self, record: Record<'_>) -> Result<(), Failure> {
        worker::process(record, &self.function, self.permanent).await
    }
}
