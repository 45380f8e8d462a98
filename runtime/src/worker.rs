//! The worker: serves the invocations of one `#[sqs_batch]` function.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt as _;
use tokio::runtime::Runtime;

use crate::{
    batch::{Engine, attempt::Process, threads::Threads},
    deadline::Deadline,
    error::BoxError,
    failure::Failure,
    flush,
    handler::{Handler, HandlerError, HandlerResult},
    log,
    message::{FromMessage, LambdaContext, Record, read_message},
    panic,
    runtime_api::{self, Invocation},
    sqs::{SqsAccess, TRACE_HEADER},
};

/// Starts the worker and serves until Lambda ends the process.
///
/// # Errors
///
/// If it cannot start, or if Lambda's Runtime API is gone.
pub(crate) fn run<H: Handler>(api: &Runtime) -> Result<(), BoxError> {
    let (handlers, threads) = Threads::start(H::SETTINGS.concurrency)?;
    let ended = serve::<H>(api, &handlers, threads);
    // Not dropped, which would wait for the blocking calls that the function has
    // left, for ever if one never ends.
    handlers.shutdown_background();
    ended
}

fn serve<H: Handler>(api: &Runtime, handlers: &Runtime, threads: Threads) -> Result<(), BoxError> {
    if let Some(refusal) = H::Message::refusal() {
        return Err(refusal.into());
    }
    let sqs = H::Sqs::from_env(&H::SETTINGS)?;
    let log = log::Starting::new();
    // What `init` spawns and connects runs on the threads of the handlers.
    let state = handlers
        .block_on(AssertUnwindSafe(H::init()).catch_unwind())
        .map_err(|payload| init_panicked(&panic::take_message(payload)))??;
    log.finish();
    log::started(H::MANIFEST);

    let engine = Arc::new(Engine {
        settings: H::SETTINGS,
        process: Function::<H>(state),
        sqs,
        memory_mb: runtime_api::memory_mb(),
        function_name: std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
    });
    let flush = {
        let engine = Arc::clone(&engine);
        move || {
            let engine = Arc::clone(&engine);
            async move { H::flush(&engine.process.0).await }
        }
    };
    if H::FLUSH {
        let flushed = flush::on_shutdown(handlers.handle().clone(), flush.clone());
        api.block_on(Box::pin(flushed));
    }
    let after = {
        let (handlers, threads) = (handlers.handle().clone(), threads.clone());
        move |deadline| {
            let (handlers, threads, flush) = (handlers.clone(), threads.clone(), flush.clone());
            async move {
                if H::FLUSH {
                    let deadline = Deadline::from_epoch_ms(deadline, H::SETTINGS.timeout);
                    let blocked = flush::before(deadline.end, &handlers, flush()).await;
                    if let Some(task) = blocked {
                        threads.lose_until_ended(task);
                    }
                }
                let lost = threads.are_exhausted();
                lost.then_some("abandoned attempts block the threads that further ones need")
            }
        }
    };
    let handle = move |invocation: Invocation| {
        let (engine, threads) = (Arc::clone(&engine), threads.clone());
        async move {
            let Invocation { event, context } = invocation;
            let deadline = Deadline::from_epoch_ms(context.deadline, engine.settings.timeout);
            let context = LambdaContext {
                request_id: context.request_id,
                function_arn: context.invoked_function_arn,
                trace_header: context.xray_trace_id,
            };
            let header = context.trace_header.clone();
            // Boxed: nested in one another, the futures would pass the compiler's
            // recursion limit in the user's crate.
            let handled = Box::pin(engine.invoke(&threads, event, deadline, context));
            TRACE_HEADER.scope(header, handled).await
        }
    };
    api.block_on(runtime_api::serve(handle, after))
}

fn init_panicked(message: &str) -> String {
    // Two crypto providers are linked, so rustls cannot choose one:
    // https://docs.rs/rustls/latest/rustls/crypto/struct.CryptoProvider.html
    let help = match cfg!(feature = "sqs-client") && message.contains("CryptoProvider") {
        true => {
            "\nhelp: call `install_default()` of the crypto provider at the start of `init`, or turn off the feature `sqs-client` of `redrive`"
        }
        false => "",
    };
    format!("`init` panicked: {message}{help}")
}

/// The user's function with its state.
pub(crate) struct Function<H: Handler>(pub(crate) H::State);

impl<H: Handler> Process for Function<H> {
    async fn process(&self, record: Record<'_>) -> Result<(), Failure> {
        let read = read_message(&record).map_err(|error| Failure::malformed(&error));
        let Some(message) = read? else {
            return Ok(());
        };
        H::call(message, &self.0)
            .await
            .into_result()
            .map_err(|error| {
                let permanent = H::is_permanent(&error);
                Failure::returned(&error.into_box(), permanent)
            })
    }
}
