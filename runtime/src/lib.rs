//! AWS Lambda functions fed by SQS, written as one plain async function for one
//! message.

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod attempt;
mod backoff;
mod batch;
mod current;
mod deadline;
mod engine;
mod event;
mod failure;
mod fifo;
mod handler;
mod invocation;
mod json;
mod log;
mod message;
mod metrics;
mod outcome;
mod panic;
mod program;
#[cfg(feature = "redrive")]
mod redrive;
mod redrive_function;
mod report;
mod settings;
#[cfg(feature = "redrive")]
mod sqs;
mod sqs_access;
#[cfg(test)]
mod test_support;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;
mod visibility;
mod worker;

pub use redrive_macros::sqs_batch;

pub use crate::{
    failure::{Permanent, PermanentExt},
    handler::BoxError,
    message::{
        Attribute, EventBridge, FromMessage, Message, MessageAttributes, Raw, Record, Sns,
        SystemAttributes, Text,
    },
};
