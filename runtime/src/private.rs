//! All that generated code names; no part of the public interface.

pub use crate::{
    entry_point::main,
    error::BoxError,
    handler::{Captured, ErrorOf, Handler, UncheckedFuture, handler_init, handler_permanent},
    redrive::{NoRedrive, Redrive, RedriveFunction},
    settings::{OnGroupFailure, OnPermanent, OnTotalFailure, Settings},
    sqs::{NoSqs, Sqs, SqsAccess},
};
