//! `flush`: telemetry is sent after each answer, and before the process ends.

use std::{future::Future, time::Duration};

use lambda_extension::Extension;
use redrive_model::deadline::FLUSH_STOP;
use tokio::{
    runtime::Handle,
    signal::unix::{Signal, SignalKind, signal},
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};

use crate::{
    error::{BoxError, chain},
    log, panic,
};

/// For `flush` at the end of the process, which Lambda kills after 500 ms:
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown>.
const SHUTDOWN: Duration = Duration::from_millis(400);

/// The name of the extension; unique among those of the function's own process.
const EXTENSION: &str = "redrive-flush";

/// Calls `flush` on the threads of the handlers, until shortly before `end`. Returns
/// its task if it blocks its thread.
pub(crate) async fn before(
    end: Instant,
    handlers: &Handle,
    flush: impl Future<Output = ()> + Send + 'static,
    request_id: Option<&str>,
) -> Option<JoinHandle<()>> {
    let failed = |reason: &str| log::flush_failed(reason, request_id);
    let mut task = handlers.spawn(flush);
    match timeout_at(end - FLUSH_STOP, &mut task).await {
        Ok(Ok(())) => {}
        Ok(Err(ended)) => failed(&match ended.try_into_panic() {
            Ok(payload) => format!("panicked: {}", panic::take_message(payload)),
            Err(ended) => ended.to_string(),
        }),
        Err(_) => {
            task.abort();
            failed("not finished 100 ms before the deadline");
            return timeout(FLUSH_STOP / 2, &mut task)
                .await
                .is_err()
                .then_some(task);
        }
    }
    None
}

/// Lambda's signal that the process ends.
pub(crate) struct Shutdown(Signal);

impl Shutdown {
    /// Asks for it. Where an engine refuses, the log has one warning.
    pub(crate) async fn register() -> Option<Self> {
        let registered = Self::try_register().await;
        let failed = |error: &BoxError| log::no_shutdown_signal(&chain(error));
        registered.inspect_err(failed).ok()
    }

    /// Lambda sends SIGTERM only to functions with an extension, so this registers
    /// one without events.
    ///
    /// `lambda_runtime::spawn_graceful_shutdown_handler` does the same, but panics
    /// where an engine refuses the registration. With `panic = "abort"` that would end
    /// the process.
    async fn try_register() -> Result<Self, BoxError> {
        let extension = Extension::new().with_events(&[]);
        let extension = extension.with_extension_name(EXTENSION).register().await?;
        // Lambda's init phase ends once the extension has asked for an event. None
        // comes, so there is nothing to report if asking fails.
        tokio::spawn(extension.run());
        // Only now: tokio keeps its handler for good, so where an engine refuses the
        // extension, SIGTERM would no longer end the process.
        Ok(Self(signal(SignalKind::terminate())?))
    }

    /// Waits for the signal, and then calls `flush`.
    pub(crate) async fn flushed(
        mut self,
        handlers: &Handle,
        flush: impl Future<Output = ()> + Send + 'static,
    ) {
        self.0.recv().await;
        before(Instant::now() + SHUTDOWN, handlers, flush, None).await;
    }
}
