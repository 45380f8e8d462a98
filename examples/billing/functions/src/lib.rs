//! What the three functions share.

pub mod ledger;
pub mod telemetry;
