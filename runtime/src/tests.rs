//! Tests of the engine as a whole, on virtual time.

mod bad_input;
mod concurrency;
mod deadline;
mod failures;
mod fuzz;
mod messages;
mod parity;
mod properties;
mod retries;
