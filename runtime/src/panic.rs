//! A record's panic, caught with its message and place.

use std::{
    any::Any,
    cell::Cell,
    env,
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::Once,
};

use crate::{
    current,
    failure::{Failure, FailureKind},
};

thread_local! {
    static LOCATION: Cell<Option<String>> = const { Cell::new(None) };
}

/// Makes panics of records known by their place.
///
/// They are logged as the record's failure, so the hook that was there before
/// is asked only about other panics, or when a backtrace is wanted.
pub(crate) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        let backtrace = env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
        panic::set_hook(Box::new(move |info| {
            let of_record = current::is_some();
            if of_record {
                LOCATION.set(location(info));
            }
            if !of_record || backtrace {
                previous(info);
            }
        }));
    });
}

fn location(info: &PanicHookInfo<'_>) -> Option<String> {
    info.location().map(ToString::to_string)
}

/// Calls `poll`; a panic in it becomes a failure.
///
/// Unwind safety is the caller's: what panicked must not be polled again.
pub(crate) fn catch<R>(poll: impl FnOnce() -> R) -> Result<R, Failure> {
    // One that the function caught itself is not this one's place.
    LOCATION.set(None);
    panic::catch_unwind(AssertUnwindSafe(poll)).map_err(|payload| {
        let message = message(payload.as_ref());
        let reason = match LOCATION.take() {
            Some(location) => format!("panicked at {location}: {message}"),
            None => format!("panicked: {message}"),
        };
        Failure::new(FailureKind::Panic, reason)
    })
}

/// What was said with the panic.
pub(crate) fn message(payload: &(dyn Any + Send)) -> &str {
    match payload.downcast_ref::<&str>() {
        Some(message) => message,
        None => payload
            .downcast_ref::<String>()
            .map_or("with a value that is not a text", String::as_str),
    }
}
