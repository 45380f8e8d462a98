//! Whether a binary is also a redrive function.
//!
//! A type of the handler specifies it, not a value: the AWS SDK is linked only into
//! a binary that names [`Redrive`].

#[cfg(feature = "sqs-client")]
mod config;
#[cfg(feature = "sqs-client")]
mod declared;
#[cfg(feature = "sqs-client")]
mod error;
#[cfg(feature = "sqs-client")]
mod function;
#[cfg(feature = "sqs-client")]
mod response;
#[cfg(feature = "sqs-client")]
mod task;
#[cfg(all(test, feature = "sqs-client"))]
mod tests;

use std::future::Future;

use crate::error::BoxError;

/// The redrive function of a handler.
#[diagnostic::on_unimplemented(
    message = "`dlq_redrive` needs the feature `sqs-client` of the crate `redrive` [sqs_client_feature]",
    note = "remove `default-features = false` from the dependency on `redrive`, or add `features = [\"sqs-client\"]`"
)]
pub trait RedriveFunction {
    /// Whether there is one.
    const EXISTS: bool;

    /// Serves its invocations, and returns why that has ended, if Lambda did not end it.
    fn run() -> impl Future<Output = Result<Option<String>, BoxError>>;
}

/// `dlq_redrive` is not set.
#[derive(Debug)]
pub struct NoRedrive;

impl RedriveFunction for NoRedrive {
    const EXISTS: bool = false;

    async fn run() -> Result<Option<String>, BoxError> {
        Err("this function has no redrive function".into())
    }
}

/// `dlq_redrive` is set.
#[derive(Debug)]
pub struct Redrive;

#[cfg(feature = "sqs-client")]
impl RedriveFunction for Redrive {
    const EXISTS: bool = true;

    async fn run() -> Result<Option<String>, BoxError> {
        function::run().await
    }
}
