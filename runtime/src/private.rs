//! All that generated code names; no part of the public interface.

pub use crate::{
    handler::{
        BoxError, Captured, ErrorOf, Handler, UncheckedFuture, handler_init, handler_permanent,
    },
    program::main,
    redrive_function::{NoRedrive, Redrive, RedriveFunction},
    settings::{OnGroupFailure, OnPermanent, OnTotalFailure, Settings},
    sqs_access::{NoSqs, Sqs, SqsAccess},
};
