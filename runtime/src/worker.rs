//! The worker: serves the invocations of one `#[sqs_batch]` function.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt as _;

use crate::{
    batch::{Engine, attempt::Process},
    deadline::Deadline,
    error::BoxError,
    failure::Failure,
    handler::{Handler, HandlerError, HandlerResult},
    log,
    message::{FromMessage, Record, read_message},
    panic,
    runtime_api::{self, Invocation},
    sqs::{SqsAccess, TRACE_HEADER},
};

/// Starts the worker and serves until Lambda ends the process.
///
/// # Errors
///
/// If it cannot start, or if Lambda's Runtime API is gone.
pub(crate) async fn run<H: Handler>() -> Result<(), BoxError> {
    if let Some(refusal) = H::Message::refusal() {
        return Err(refusal.into());
    }
    let sqs = H::Sqs::from_env(&H::SETTINGS)?;
    let log = log::Starting::new();
    let state = AssertUnwindSafe(H::init())
        .catch_unwind()
        .await
        .map_err(|payload| format!("`init` panicked: {}", panic::take_message(payload)))??;
    log.finish();

    let engine = Arc::new(Engine {
        settings: H::SETTINGS,
        process: Function::<H>(state),
        sqs,
        function_name: std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
    });
    runtime_api::serve(move |invocation: Invocation| {
        let engine = Arc::clone(&engine);
        async move {
            let Invocation { event, context } = invocation;
            let deadline = Deadline::from_epoch_ms(context.deadline, engine.settings.timeout);
            let handled = engine.invoke(&event, deadline);
            TRACE_HEADER.scope(context.xray_trace_id, handled).await
        }
    })
    .await
}

/// The user's function with its state.
struct Function<H: Handler>(H::State);

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
