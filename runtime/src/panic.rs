//! A record's panic, caught with its message and place.

use std::{
    any::Any,
    cell::Cell,
    env, fmt,
    panic::{self, AssertUnwindSafe, PanicHookInfo},
    sync::Once,
};

use crate::{
    failure::{Failure, FailureKind},
    log::{self, LogFormat, record_context},
};

thread_local! {
    /// The record's panic that `catch` will report.
    static UNWINDING: Cell<Option<Panicked>> = const { Cell::new(None) };
}

/// Where a panic was, and its message.
struct Panicked {
    location: Option<String>,
    message: String,
    /// Whether the log has it already.
    is_logged: bool,
}

impl Panicked {
    fn of(info: &PanicHookInfo<'_>) -> Self {
        Self {
            location: info.location().map(ToString::to_string),
            message: message(info.payload()).to_owned(),
            is_logged: false,
        }
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            location, message, ..
        } = self;
        match location {
            Some(location) => write!(f, "panicked at {location}: {message}"),
            None => write!(f, "panicked: {message}"),
        }
    }
}

/// Adds the place of a panic to the failure of its record.
///
/// The failure is logged, so the previous hook is called only for other panics, or if
/// a backtrace is wanted. A panic that ends the process is logged at once, because
/// nothing else would report it.
pub(crate) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        let backtrace = env::var_os("RUST_BACKTRACE").is_some_and(|value| value != "0");
        let json = LogFormat::from_env() == LogFormat::Json;
        panic::set_hook(Box::new(move |info| {
            let of_record = record_context::is_some();
            if !of_record || !caught(info) {
                if of_record || json {
                    log::panicked(&Panicked::of(info).to_string());
                } else if !backtrace {
                    previous(info);
                }
            }
            if backtrace {
                previous(info);
            }
        }));
    });
}

/// Leaves a record's panic to `catch`, if that will be reached.
///
/// A panic during another, in a destructor, does not reach it. A panic after another
/// one that the function caught looks the same, and is logged once too often.
fn caught(info: &PanicHookInfo<'_>) -> bool {
    if cfg!(panic = "abort") {
        return false;
    }
    let mut panicked = Panicked::of(info);
    let first = UNWINDING.take();
    if let Some(first) = &first {
        panicked.is_logged = true;
        if !first.is_logged {
            log::panicked(&first.to_string());
        }
    }
    UNWINDING.set(Some(panicked));
    first.is_none()
}

/// Calls `poll`; a panic in it becomes a failure.
///
/// Unwind safety is the caller's: what panicked must not be polled again.
pub(crate) fn catch<R>(poll: impl FnOnce() -> R) -> Result<R, Failure> {
    // A panic that the function caught had another place.
    UNWINDING.set(None);
    panic::catch_unwind(AssertUnwindSafe(poll)).map_err(|payload| {
        let panicked = Panicked {
            location: UNWINDING.take().and_then(|panicked| panicked.location),
            message: take_message(payload),
            is_logged: true,
        };
        Failure::new(FailureKind::Panic, panicked.to_string())
    })
}

/// The message of a panic, whose payload is dropped.
pub(crate) fn take_message(payload: Box<dyn Any + Send>) -> String {
    let text = message(payload.as_ref()).to_owned();
    let dropped = panic::catch_unwind(AssertUnwindSafe(|| drop(payload)));
    // A payload's own destructor may panic, and that one's payload again.
    dropped.unwrap_or_else(std::mem::forget);
    text
}

/// The message of a panic.
fn message(payload: &(dyn Any + Send)) -> &str {
    match payload.downcast_ref::<&str>() {
        Some(message) => message,
        None => payload
            .downcast_ref::<String>()
            .map_or("with a value that is not a text", String::as_str),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_that_panics_when_it_is_dropped_is_caught_too() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("and again");
            }
        }

        let caught = catch(|| panic::panic_any(Bomb)).unwrap_err();

        assert_eq!(caught.reason, "panicked: with a value that is not a text");
    }
}
