//! The vocabulary of redrive: every fact that more than one of its crates must
//! agree on, written once.
//!
//! It is an implementation detail of redrive: its items change without notice.

pub mod alarms;
pub mod backoff;
pub mod deadline;
pub mod declared;
pub mod digest;
pub mod duration;
pub mod export;
pub mod idempotency;
pub mod keys;
pub mod limits;
pub mod log;
pub mod names;
pub mod policy;
pub mod pollers;
pub mod rounds;
pub mod setting;
pub mod words;

pub use alarms::Alarms;
pub use backoff::Backoff;
pub use pollers::Pollers;
pub use rounds::Rounds;
