//! Under construction.

#[cfg(feature = "redrive")]
mod sqs;
#[cfg(feature = "redrive")]
mod redrive;
