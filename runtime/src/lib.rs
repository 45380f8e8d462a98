//! Under construction.

#[cfg(feature = "redrive")]
mod sqs;
