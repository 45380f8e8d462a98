//! Tests of the engine as a whole, on virtual time.

mod attribute_settings;
#[cfg(feature = "sqs-client")]
pub(crate) mod aws;
mod bad_input;
mod bodies;
mod concurrency;
mod deadline;
mod envelopes;
mod failures;
mod fuzz;
#[cfg(feature = "idempotency")]
mod idempotency;
mod messages;
mod parity;
mod properties;
mod retries;
mod rounds;
pub(crate) mod support;
