//! Runs an `#[sqs_batch]` function as its attribute specifies.

use std::{fmt, time::SystemTime};

use redrive_model::deadline::flush_time;

use super::{Batch, Report, on_a_thread};
#[cfg(feature = "idempotency")]
use crate::idempotency::{InMemory, SharedStore, Store};
use crate::{batch::threads::Threads, handler::Handler, worker::Function};

/// The function of an attribute, and its state.
pub struct Of<H: Handler> {
    state: Option<H::State>,
    real_time: bool,
    started: Option<SystemTime>,
    #[cfg(feature = "idempotency")]
    store: Option<SharedStore>,
}

impl<H: Handler> Of<H> {
    pub(super) fn new() -> Self {
        Self {
            state: None,
            real_time: false,
            started: None,
            #[cfg(feature = "idempotency")]
            store: None,
        }
    }
}

impl<H: Handler> fmt::Debug for Of<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Of")
            .field("function", &H::SETTINGS.function)
            .field("real_time", &self.real_time)
            .finish_non_exhaustive()
    }
}

impl<H: Handler> Batch<Of<H>> {
    /// The state that the function gets. Without it, the attribute's `init` builds it.
    #[must_use]
    pub fn state(mut self, state: H::State) -> Self {
        self.function.state = Some(state);
        self
    }

    /// The time of day at which the invocation starts; default now.
    #[must_use]
    pub fn at(mut self, time: SystemTime) -> Self {
        self.function.started = Some(time);
        self
    }

    /// The store of `idempotent`; default a new [`InMemory`]. A clone of one store in two
    /// batches is as one table in two invocations.
    #[cfg(feature = "idempotency")]
    #[must_use]
    pub fn store(mut self, store: impl Store) -> Self {
        self.function.store = Some(SharedStore::new(store));
        self
    }

    /// Runs as in Lambda: in real time, on several threads, and with input and output.
    /// Without it, time passes only while the function waits, on one thread.
    #[must_use]
    pub fn real_time(mut self) -> Self {
        self.function.real_time = true;
        self
    }

    /// Runs the function on the batch. It runs on its own thread, so that it works in
    /// any test, also in an asynchronous one.
    ///
    /// # Panics
    ///
    /// If `init` fails, or the runtime cannot be started.
    pub fn run(mut self) -> Report {
        if H::FLUSH {
            let timeout = self.settings.timeout;
            let remaining = self.remaining.unwrap_or(timeout);
            self.remaining = Some(remaining.saturating_sub(flush_time(timeout)));
        }
        // They are written past the test harness, into the output of every test.
        self.settings.metrics = false;
        let of = std::mem::replace(&mut self.function, Of::new());
        let real_time = of.real_time;
        let process = async move || {
            let state = match of.state {
                Some(state) => state,
                None => H::init()
                    .await
                    .unwrap_or_else(|error| panic!("`init` failed: {error}")),
            };
            Function::<H> {
                state,
                #[cfg(feature = "idempotency")]
                store: of.store.or_else(|| Some(SharedStore::new(InMemory::new()))),
                started: of.started,
            }
        };
        on_a_thread(move || match real_time {
            true => self.run_in_real_time(process),
            false => self.run_here(process),
        })
    }

    fn run_in_real_time(self, process: impl AsyncFnOnce() -> Function<H>) -> Report {
        let started = Threads::start(self.settings.concurrency);
        let (handlers, threads) = started.expect("the threads of the function start");
        let process = handlers.block_on(process());
        let api = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .expect("a runtime without input and output needs only memory");
        let report = self.report(process, async |run| threads.run(run).await);
        let report = api.block_on(report);
        // Not dropped, which would wait for attempts that block their thread.
        api.shutdown_background();
        handlers.shutdown_background();
        report
    }
}
