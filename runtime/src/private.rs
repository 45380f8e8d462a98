//! All that generated code names; no part of the public interface.

pub use std::process::ExitCode;

pub use crate::{
    handler::{BoxError, Handler, HandlerError, HandlerResult, built},
    program::main,
    redrive_function::{NoRedrive, Redrive, RedriveFunction},
    settings::{OnGroupFailure, OnPermanent, OnTotalFailure, Settings},
    sqs_access::{NoSqs, Sqs, SqsAccess},
};
