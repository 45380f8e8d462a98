//! Tests of the engine as a whole, on virtual time.

mod concurrency;
mod deadline;
mod failures;
mod parity;
mod retries;
