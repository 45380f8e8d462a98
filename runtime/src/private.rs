//! All that generated code names; no part of the public interface.

pub use crate::{
    entry_point::main,
    handler::{
        BoxError, Captured, ErrorOf, Handler, UncheckedFuture, handler_init, handler_permanent,
    },
    redrive_function::{NoRedrive, Redrive, RedriveFunction},
    settings::{OnGroupFailure, OnPermanent, OnTotalFailure, Settings},
    sqs_access::{NoSqs, Sqs, SqsAccess},
};
