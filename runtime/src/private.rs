//! All that generated code names; no part of the public interface.

pub use std::process::ExitCode;

pub use crate::{
    handler::{
        BoxError, Handler, HandlerError, HandlerResult, handler_future, handler_init,
        handler_permanent,
    },
    program::main,
    redrive_function::{NoRedrive, Redrive, RedriveFunction},
    settings::{OnGroupFailure, OnPermanent, OnTotalFailure, Settings},
    sqs_access::{NoSqs, Sqs, SqsAccess},
};
