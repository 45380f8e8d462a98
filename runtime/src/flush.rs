//! `flush`: telemetry is sent after each answer, and before the process ends.

use std::{future::Future, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt as _;
use tokio::{
    runtime::Handle,
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};

use crate::{log, panic};

/// How long before Lambda's deadline `flush` is cut off.
const RESERVE: Duration = Duration::from_millis(100);

/// For `flush` at the end of the process, which Lambda kills after 500 ms:
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown>.
const SHUTDOWN: Duration = Duration::from_millis(400);

/// Calls `flush` on the threads of the handlers, until shortly before `end`. Returns
/// its task if it blocks its thread.
pub(crate) async fn before(
    end: Instant,
    handlers: &Handle,
    flush: impl Future<Output = ()> + Send + 'static,
) -> Option<JoinHandle<()>> {
    let mut task = handlers.spawn(flush);
    match timeout_at(end - RESERVE, &mut task).await {
        Ok(Ok(())) => {}
        Ok(Err(ended)) => log::flush_failed(&match ended.try_into_panic() {
            Ok(payload) => format!("panicked: {}", panic::take_message(payload)),
            Err(ended) => ended.to_string(),
        }),
        Err(_) => {
            task.abort();
            log::flush_failed("not finished 100 ms before the deadline");
            return timeout(RESERVE / 2, &mut task)
                .await
                .is_err()
                .then_some(task);
        }
    }
    None
}

/// Calls `flush` when Lambda ends the process.
///
/// Lambda sends SIGTERM only to functions with an extension, so `lambda_runtime`
/// registers an empty one. It panics where an engine refuses that.
pub(crate) async fn on_shutdown<F>(handlers: Handle, flush: impl FnOnce() -> F + Send + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    let hook = || async move {
        before(Instant::now() + SHUTDOWN, &handlers, flush()).await;
    };
    let registered = lambda_runtime::spawn_graceful_shutdown_handler(hook);
    let registered = panic::without_hook(AssertUnwindSafe(registered).catch_unwind());
    if let Err(payload) = registered.await {
        log::no_shutdown_signal(&panic::take_message(payload));
    }
}
