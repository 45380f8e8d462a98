//! All that generated code names; no part of the public interface.

pub use redrive_model as model;

pub use crate::{
    entry_point::main,
    error::BoxError,
    handler::{
        Captured, ErrorOf, Handler, UncheckedFuture, handler_flush, handler_init, handler_permanent,
    },
    message::FromMessage,
    redrive::{NoRedrive, Redrive, RedriveFunction},
    settings::Settings,
    sqs::{NoSqs, Sqs, SqsAccess},
};
