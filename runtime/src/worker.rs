//! The worker: serves the invocations of one `#[sqs_batch]` function.

#[cfg(any(test, feature = "testing"))]
use std::time::SystemTime;
use std::{future::pending, panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt as _;
use tokio::runtime::Runtime;

use crate::{
    batch::{Engine, attempt::Process, threads::Threads},
    deadline::Deadline,
    error::BoxError,
    failure::Failure,
    flush::{self, Shutdown},
    handler::{Handler, HandlerError, HandlerResult},
    idempotency::{Idempotency, IdempotencySettings},
    log,
    message::{FromMessage, LambdaContext, Record, read_message},
    panic,
    runtime_api::{self, Invocation},
    sqs::{SqsAccess, TRACE_HEADER},
};
#[cfg(feature = "idempotency")]
use crate::{
    failure::FailureKind,
    idempotency::{Claim, Claimed, Key, SharedStore},
};

/// Starts the worker and serves its invocations. Returns why that has ended; `None` if
/// Lambda has ended it.
///
/// # Errors
///
/// If it cannot start.
pub(crate) fn run<H: Handler>(api: &Runtime) -> Result<Option<String>, BoxError> {
    let (handlers, threads) = Threads::start(H::SETTINGS.concurrency)?;
    let ended = serve::<H>(api, &handlers, threads);
    // Not dropped, which would wait for the blocking calls that the function has
    // left, for ever if one never ends.
    handlers.shutdown_background();
    ended
}

fn serve<H: Handler>(
    api: &Runtime,
    handlers: &Runtime,
    threads: Threads,
) -> Result<Option<String>, BoxError> {
    // The destructor of the state may use it.
    let _entered = handlers.enter();
    if let Some(refusal) = H::Message::refusal() {
        return Err(refusal.into());
    }
    let sqs = H::Sqs::from_env(&H::SETTINGS)?;
    let idempotency = H::Idempotency::from_env(&H::SETTINGS)?;
    let log = log::Starting::new();
    // What `init` spawns and connects runs on the threads of the handlers.
    let state = handlers
        .block_on(AssertUnwindSafe(H::init()).catch_unwind())
        .map_err(|payload| init_panicked(&panic::take_message(payload)))??;
    log.finish();
    log::started(H::MANIFEST);

    let engine = Arc::new(Engine {
        settings: H::SETTINGS,
        process: Function::<H>::new(state, idempotency),
        sqs,
        memory_mb: runtime_api::memory_mb(),
        function_name: std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default(),
    });
    let flush = {
        let engine = Arc::clone(&engine);
        move || {
            let engine = Arc::clone(&engine);
            async move { H::flush(&engine.process.state).await }
        }
    };
    let shutdown = match H::FLUSH {
        true => api.block_on(Shutdown::register()),
        false => None,
    };
    let at_shutdown = {
        let (handlers, flush) = (handlers.handle().clone(), flush.clone());
        async move {
            match shutdown {
                Some(shutdown) => shutdown.flushed(&handlers, flush()).await,
                None => pending().await,
            }
        }
    };
    let after = {
        let (handlers, threads) = (handlers.handle().clone(), threads.clone());
        move |request_id: String, deadline| {
            let (handlers, threads, flush) = (handlers.clone(), threads.clone(), flush.clone());
            async move {
                if H::FLUSH {
                    let deadline = Deadline::from_epoch_ms(deadline, H::SETTINGS.timeout);
                    let id = Some(&*request_id);
                    let blocked = flush::before(deadline.end, &handlers, flush(), id).await;
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
            let timeout = engine.settings.timeout;
            let mut deadline = Deadline::from_epoch_ms(context.deadline, timeout);
            if H::FLUSH {
                deadline = deadline.before_flush(timeout);
            }
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
    Ok(api.block_on(async {
        tokio::select! {
            reason = runtime_api::serve(handle, after) => Some(reason),
            () = at_shutdown => None,
        }
    }))
}

fn init_panicked(message: &str) -> String {
    let help = if cfg!(feature = "sqs-client") && message.contains("CryptoProvider") {
        // Two crypto providers are linked, so rustls cannot choose one:
        // https://docs.rs/rustls/latest/rustls/crypto/struct.CryptoProvider.html
        "\nhelp: call `install_default()` of the crypto provider at the start of `init`, or turn off the feature `sqs-client` of `redrive`"
    } else if message.contains("SetLoggerError") {
        "\nhelp: redrive has installed a logger of the `log` crate, which passes lines to `tracing`; install a `tracing` subscriber instead"
    } else {
        ""
    };
    format!("`init` panicked: {message}{help}")
}

/// The user's function with its state.
pub(crate) struct Function<H: Handler> {
    pub(crate) state: H::State,
    #[cfg(feature = "idempotency")]
    pub(crate) store: Option<SharedStore>,
    /// When the invocations of a test start.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) started: Option<SystemTime>,
}

impl<H: Handler> Function<H> {
    #[cfg_attr(
        not(feature = "idempotency"),
        expect(
            clippy::needless_pass_by_value,
            reason = "it has a store with the feature"
        )
    )]
    pub(crate) fn new(
        state: H::State,
        #[allow(unused_variables, reason = "it has a store with the feature")]
        idempotency: H::Idempotency,
    ) -> Self {
        Self {
            state,
            #[cfg(feature = "idempotency")]
            store: idempotency.store(),
            #[cfg(any(test, feature = "testing"))]
            started: None,
        }
    }
}

impl<H: Handler> Process for Function<H> {
    const IDEMPOTENCY: Option<IdempotencySettings> = H::IDEMPOTENCY;

    async fn process(&self, record: Record<'_>) -> Result<(), Failure> {
        let call = |message| async { H::call(message, &self.state).await.into_result() };
        process(record, call, H::is_permanent).await
    }

    #[cfg(any(test, feature = "testing"))]
    fn started(&self) -> SystemTime {
        self.started.unwrap_or_else(SystemTime::now)
    }

    #[cfg(feature = "idempotency")]
    fn key(&self, record: Record<'_>) -> Result<Option<Key>, Failure> {
        let Ok(message) = H::Message::from_message(&record) else {
            return Ok(None);
        };
        let key = H::key(&message, &record.message_id());
        if key.is_empty() {
            let reason = "the idempotency key is empty, as that of every other message without one";
            return Err(Failure::new(FailureKind::Malformed, reason));
        }
        let content = H::Message::content(&record);
        Ok(Some(Key::of(H::SETTINGS.function, &key, &content)))
    }

    #[cfg(feature = "idempotency")]
    async fn claim(&self, claim: &Claim) -> Result<Claimed, BoxError> {
        match &self.store {
            Some(store) => store.claim(claim).await,
            None => Ok(Claimed::Yes),
        }
    }

    #[cfg(feature = "idempotency")]
    async fn complete(&self, claim: &Claim) -> Result<bool, BoxError> {
        match &self.store {
            Some(store) => store.complete(claim).await,
            None => Ok(true),
        }
    }

    #[cfg(feature = "idempotency")]
    async fn release(&self, claim: &Claim) -> Result<(), BoxError> {
        match &self.store {
            Some(store) => store.release(claim).await,
            None => Ok(()),
        }
    }
}

/// Reads the message of a record and passes it to the user's function.
pub(crate) async fn process<M: FromMessage, E: HandlerError, F>(
    record: Record<'_>,
    call: impl FnOnce(M) -> F,
    is_permanent: impl FnOnce(&E) -> bool,
) -> Result<(), Failure>
where
    F: Future<Output = Result<(), E>>,
{
    let read = read_message(&record).map_err(|error| Failure::malformed(&error));
    let Some(message) = read? else {
        return Ok(());
    };
    call(message).await.map_err(|error| {
        let permanent = is_permanent(&error);
        Failure::returned(&error.into_box(), permanent)
    })
}
