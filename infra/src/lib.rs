//! The build-script half of redrive: finds the `#[sqs_batch]` functions of a
//! package and writes the template that deploys them.

pub mod stack;
