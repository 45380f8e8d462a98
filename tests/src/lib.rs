//! Helpers for the tests in this package: they set up all they need below the
//! target folder, and end what they start.

pub mod billing;
pub mod binary;
pub mod cargo_lambda;
pub mod emulator;
pub mod hostile;
pub mod http;
pub mod node;
pub mod package;
pub mod process;
pub mod python;
pub mod rie;
pub mod runtime_api;
pub mod script;
pub mod sqs_event;
pub mod terraform;
pub mod wait;
pub mod workspace;
