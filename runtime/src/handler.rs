//! What generated code implements, and the bounds it checks on the user's types.

use std::{error::Error, future::Future};

use crate::{
    message::FromMessage, redrive_function::RedriveFunction, settings::Settings,
    sqs_access::SqsAccess,
};

/// Any error, boxed.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// One `#[sqs_batch]` function.
pub trait Handler: Send + Sync + 'static {
    /// The function's first parameter.
    type Message: FromMessage;
    /// What its second parameter refers to; `()` without one.
    type State: Send + Sync + 'static;
    /// What it returns.
    type Output: HandlerResult;
    /// Whether the worker itself calls SQS.
    type Sqs: SqsAccess;
    /// Whether the binary is also the redrive function.
    type Redrive: RedriveFunction;

    /// The attribute.
    const SETTINGS: Settings;

    /// Builds the state, once per cold start.
    fn init() -> impl Future<Output = Result<Self::State, BoxError>> + Send;

    /// Handles one message.
    fn call(
        message: Self::Message,
        state: &Self::State,
    ) -> impl Future<Output = Self::Output> + Send;

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
    type Error: HandlerError;

    /// The result itself, whatever alias it has.
    ///
    /// # Errors
    ///
    /// The function's own.
    fn into_result(self) -> Result<(), Self::Error>;
}

impl<E: HandlerError> HandlerResult for Result<(), E> {
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

/// What `init` gives, for `main` to report if it is an error.
///
/// # Errors
///
/// That of `init`.
pub fn built<S, E: HandlerError>(result: Result<S, E>) -> Result<S, BoxError> {
    result.map_err(HandlerError::into_box)
}
