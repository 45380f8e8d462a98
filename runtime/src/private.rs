//! All that generated code names; no part of the public interface.

pub use redrive_model as model;

pub use crate::{
    entry_point::main,
    error::BoxError,
    handler::{
        Captured, ErrorOf, Handler, UncheckedFuture, handler_flush, handler_init, handler_permanent,
    },
    idempotency::{
        Idempotency, IdempotencySettings, Idempotent, NotIdempotent, handler_key, handler_key_of,
    },
    message::FromMessage,
    redrive::{NoRedrive, Redrive, RedriveFunction},
    settings::Settings,
    sqs::{NoSqs, RedriveSqs, Sqs, SqsAccess},
};

/// Used by a program whose panics end the process, so that the compiler warns.
#[allow(
    rustdoc::broken_intra_doc_links,
    reason = "the id of the rule is no link"
)]
#[deprecated(
    note = "with `panic = \"abort\"` a panic in one message ends the process and all of its batch is delivered again; \
            set `panic = \"unwind\"` under `[profile.release]` in the workspace's Cargo.toml (cargo-lambda sets \"abort\" \
            unless you do), or accept it with `allow = \"panic_abort\"` [panic_abort]"
)]
pub const PANICS_ARE_NOT_CAUGHT: () = ();

/// The calls to SQS that `idempotent` needs. Without the feature there is one error, which
/// names it.
#[cfg(not(feature = "idempotency"))]
pub use crate::sqs::NoSqs as IdempotentSqs;
#[cfg(feature = "idempotency")]
pub use crate::sqs::Sqs as IdempotentSqs;
