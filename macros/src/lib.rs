//! The `#[sqs_batch]` attribute.
