//! What generated code implements, and the bounds it checks on the user's types.

use std::{
    future::{Future, Pending, pending, ready},
    marker::PhantomData,
};

use crate::{
    error::BoxError,
    idempotency::{Idempotency, IdempotencySettings},
    message::FromMessage,
    redrive::RedriveFunction,
    settings::Settings,
    shape::{Never, Right, Stateless, Wrong},
    sqs::SqsAccess,
};

/// One `#[sqs_batch]` function.
pub trait Handler: Send + Sync + 'static {
    /// The function's first parameter.
    type Message: FromMessage + Send; // threads share the work: `Arc` for `Rc` [handler_message]
    /// What its second parameter refers to; `()` without one.
    type State: Send + Sync + 'static; // messages share it: `Mutex` for `RefCell`, `Arc` for `Rc` [handler_state]
    /// What it returns.
    type Output: HandlerResult<Error: HandlerError>;
    /// Whether the worker itself calls SQS.
    type Sqs: SqsAccess;
    /// Whether the binary is also the redrive function.
    type Redrive: RedriveFunction;
    /// Where completed messages are remembered.
    type Idempotency: Idempotency;

    /// The attribute.
    const SETTINGS: Settings;
    /// Whether the queue is a FIFO queue.
    const IS_FIFO: bool = false;
    /// The digest of the manifest that the build script wrote, after
    /// [`MANIFEST_MARKER`](redrive_model::names::MANIFEST_MARKER).
    const MANIFEST: Option<&'static str> = None;

    /// Builds the state, once per cold start.
    fn init() -> impl Future<Output = Result<Self::State, BoxError>> + Send;

    /// Handles one message.
    fn call(
        message: Self::Message,
        state: &Self::State,
    ) -> impl Future<Output = Self::Output> + Send;

    /// How messages are remembered; `None`: they are not.
    const IDEMPOTENCY: Option<IdempotencySettings> = None;

    /// The message's idempotency key.
    fn key(_message: &Self::Message, _id: &str) -> String {
        String::new()
    }

    /// Whether `flush` is set.
    const FLUSH: bool = false;

    /// Sends buffered telemetry.
    fn flush(_state: &Self::State) -> impl Future<Output = ()> + Send {
        ready(())
    }

    /// Whether no further attempt can succeed after this error.
    fn is_permanent(_error: &<Self::Output as HandlerResult>::Error) -> bool {
        false
    }
}

/// The result type of an `#[sqs_batch]` function.
#[diagnostic::on_unimplemented(
    message = "an `#[sqs_batch]` function must return `Result<(), E>` [handler_result]",
    label = "this is not `Result<(), E>`",
    note = "`Ok(())` means the message is done and is deleted from the queue; an error means it is tried again"
)]
pub trait HandlerResult {
    /// The error.
    type Error;

    /// The result itself, whatever alias it has.
    ///
    /// # Errors
    ///
    /// The function's own.
    fn into_result(self) -> Result<(), Self::Error>;
}

/// The error of a result. What generated code names has `__private` in its path
/// in the compiler's messages, so it does not name the trait.
pub type ErrorOf<R> = <R as HandlerResult>::Error;

impl<E> HandlerResult for Result<(), E> {
    type Error = E;

    fn into_result(self) -> Result<(), E> {
        self
    }
}

/// The error type of an `#[sqs_batch]` function: whatever can be boxed as an
/// error.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the error of an `#[sqs_batch]` function [handler_error]",
    label = "this must be convertible into `Box<dyn std::error::Error + Send + Sync>`",
    note = "implement `std::error::Error` for it (the `thiserror` crate derives it), or return `redrive::BoxError`, `anyhow::Error` or `String`"
)]
pub trait HandlerError {
    /// Boxes it.
    fn into_box(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> HandlerError for E {
    fn into_box(self) -> BoxError {
        self.into()
    }
}

/// What `init = path` names; `Shape` is for the compiler alone.
#[diagnostic::on_unimplemented(
    message = "`init` must be an `async fn() -> Result<{S}, E>` [handler_init]",
    label = "this is not an `async fn() -> Result<{S}, E>`",
    note = "it has no parameters; `E` implements `std::error::Error`, or is `redrive::BoxError`, `anyhow::Error` or `String`"
)]
pub trait Init<S, Shape>: Send {
    /// What it returns.
    type Future: Future;

    /// Begins.
    fn start(self) -> Self::Future;

    /// The state, or why there is none.
    ///
    /// # Errors
    ///
    /// Its own.
    fn built(result: <Self::Future as Future>::Output) -> Result<S, BoxError>;
}

impl<S, E, F, R> Init<S, Right> for F
where
    F: FnOnce() -> R + Send,
    R: IntoFuture<Output = Result<S, E>>,
    E: HandlerError,
{
    type Future = R::IntoFuture;

    fn start(self) -> R::IntoFuture {
        self().into_future()
    }

    fn built(result: Result<S, E>) -> Result<S, BoxError> {
        result.map_err(HandlerError::into_box)
    }
}

/// The state, or why there is none.
///
/// The function has the name of its rule, for the compiler shows it, and the
/// line of the bound that is broken.
#[expect(
    clippy::manual_async_fn,
    reason = "an `async fn` does not promise `Send`, and a mistake would be reported twice"
)]
pub fn handler_init<S, I, Shape>(init: I) -> impl Future<Output = Result<S, BoxError>> + Send
where
    I: Init<S, Shape>,
    I::Future: Send, // what `init` holds across an `.await` must be `Send` [handler_future]
{
    async { I::built(init.start().await) }
}

/// What `flush = path` names; `Shape` is for the compiler alone.
#[diagnostic::on_unimplemented(
    message = "`flush` must be an `async fn(&{S})` or an `async fn()` [handler_flush]",
    label = "this is not an `async fn(&{S})` or an `async fn()`",
    note = "it returns nothing, because the messages are answered already; log its errors"
)]
pub trait Flush<'s, S, Shape> {
    /// What it returns.
    type Future: Future<Output = ()>;

    /// Begins.
    fn start(self, state: &'s S) -> Self::Future;
}

impl<'s, S: 's, F, R> Flush<'s, S, Right> for F
where
    F: FnOnce(&'s S) -> R,
    R: Future<Output = ()>,
{
    type Future = R;

    fn start(self, state: &'s S) -> R {
        self(state)
    }
}

impl<'s, S: 's, F, R> Flush<'s, S, Stateless> for F
where
    F: FnOnce() -> R,
    R: Future<Output = ()>,
{
    type Future = R;

    fn start(self, _: &'s S) -> R {
        self()
    }
}

/// Sends buffered telemetry; named as [`handler_init`] is.
pub fn handler_flush<'s, S, F, Shape>(
    state: &'s S,
    flush: F,
) -> impl Future<Output = ()> + Send + use<'s, S, F, Shape>
where
    F: Flush<'s, S, Shape>,
    F::Future: Send, // what `flush` holds across an `.await` must be `Send` [handler_future]
{
    flush.start(state)
}

/// What `is_permanent = path` names; `Shape` is for the compiler alone.
#[diagnostic::on_unimplemented(
    message = "`is_permanent` must be a `fn(&{E}) -> bool` [handler_permanent]",
    label = "this is not a `fn(&{E}) -> bool`",
    note = "its parameter is the error that the function returns; it returns whether no further attempt can succeed"
)]
pub trait IsPermanent<E, Shape> {
    /// Its answer.
    fn judge(self, error: &E) -> bool;
}

impl<E, F: FnOnce(&E) -> bool> IsPermanent<E, Right> for F {
    fn judge(self, error: &E) -> bool {
        self(error)
    }
}

/// Whether no further attempt can succeed after this error; named as
/// [`handler_init`] is.
pub fn handler_permanent<E, P: IsPermanent<E, Shape>, Shape>(error: &E, permanent: P) -> bool {
    permanent.judge(error)
}

/// What the user's future captures.
pub struct Captured<M, S>(PhantomData<(M, S)>);

impl<M: FromMessage + Send, S: Send + Sync> Captured<M, S> {
    /// The user's future; named as [`handler_init`] is.
    pub fn handler_future<F>(future: F) -> impl Future<Output = F::Output> + Send
    where
        F: Future + Send, // what the function holds across an `.await` must be `Send` [handler_future]
    {
        future
    }
}

/// Stands in for [`Captured::handler_future`] where what is captured breaks a
/// bound of [`Handler`]: the compiler reports that, and would report the future
/// for the same reason.
pub trait UncheckedFuture {
    /// No future of the user's.
    fn handler_future<F: Future>(_: F) -> Pending<F::Output> {
        pending()
    }
}

impl<M, S> UncheckedFuture for Captured<M, S> {}

impl<S, F: Never + Send> Init<S, Wrong> for F {
    type Future = Pending<Result<S, BoxError>>;

    fn start(self) -> Self::Future {
        pending()
    }

    fn built(result: Result<S, BoxError>) -> Result<S, BoxError> {
        result
    }
}

impl<E, F: Never> IsPermanent<E, Wrong> for F {
    fn judge(self, _: &E) -> bool {
        false
    }
}
