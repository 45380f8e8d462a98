//! `main` of a binary with an `#[sqs_batch]` function: which of its Lambda
//! functions this process is.

use std::{env, process::ExitCode, time::Duration};

use tokio::runtime::Builder;

use redrive_model::names::{REDRIVE_HANDLER_SUFFIX, redrive_handler};

use crate::{
    error::{BoxError, chain},
    handler::Handler,
    log, panic,
    redrive::RedriveFunction,
    runtime_api, worker,
};

/// How long reporting a failed start may take: Lambda ends the init phase
/// after 10 seconds anyway.
const REPORT_TIMEOUT: Duration = Duration::from_secs(2);

/// The largest event, with room for the records.
const LARGEST_BLOCK: usize = 16 << 20;

/// How long the thread of a batch waits for the next one.
const KEEP_THREAD: Duration = Duration::from_hours(1);

/// Runs the Lambda function that `_HANDLER` names.
pub fn main<H: Handler>() -> ExitCode {
    // glibc keeps only as much freed memory as the largest block that was freed, so
    // the pages of each batch would be mapped again. One block that is never touched costs nothing.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(
        LARGEST_BLOCK,
    )));
    // Before `init`: a hook that it installs is called first.
    panic::install_hook();
    // Only the Runtime API and the deadline are on this thread.
    let api = Builder::new_current_thread()
        .enable_all()
        .thread_keep_alive(KEEP_THREAD)
        .build();
    let api = match api {
        Ok(api) => api,
        Err(error) => {
            log::fatal(&format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let ended = match role::<H>() {
        Ok(Role::Worker) => worker::run::<H>(&api),
        Ok(Role::Redrive) => {
            log::Starting::new().finish();
            log::started(H::MANIFEST);
            // Boxed: nested in one another, the futures would pass the compiler's
            // recursion limit in the user's crate.
            api.block_on(Box::pin(H::Redrive::run()))
        }
        Err(error) => Err(error),
    };
    match &ended {
        Ok(None) => {}
        Ok(Some(reason)) => log::fatal(reason),
        Err(error) => api.block_on(report_not_started(error)),
    }
    api.shutdown_background();
    match ended {
        Ok(None) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn role<H: Handler>() -> Result<Role, BoxError> {
    runtime_api::check_environment()?;
    let handler = env::var("_HANDLER").unwrap_or_default();
    Role::of(&handler, H::SETTINGS.function, H::Redrive::EXISTS)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Worker,
    Redrive,
}

impl Role {
    /// `redrive`: whether the binary has a redrive function.
    fn of(handler: &str, function: &str, redrive: bool) -> Result<Self, BoxError> {
        let asks_redrive = handler.strip_suffix(REDRIVE_HANDLER_SUFFIX) == Some(function);
        let handlers = match redrive {
            _ if matches!(handler, "" | "bootstrap") || handler == function => {
                return Ok(Self::Worker);
            }
            true if asks_redrive => return Ok(Self::Redrive),
            false if asks_redrive => {
                return Err(format!(
                    "`{function}` has no redrive function; set `dlq_redrive` on its `#[sqs_batch]` attribute, or set the handler to `{function}`"
                )
                .into());
            }
            true => format!(
                "`{function}` for the worker or `{}` for the redrive function",
                redrive_handler(function)
            ),
            false => format!("`{function}`, its only function"),
        };
        Err(format!("handler `{handler}` is not in this binary; set it to {handlers}").into())
    }
}

/// Logs why the function does not start, and reports it to Lambda, which shows it to
/// whoever invokes the function.
async fn report_not_started(error: &BoxError) {
    let message = chain(error);
    log::fatal(&format!("cannot run: {message}"));
    if runtime_api::check_environment().is_ok() {
        let report = runtime_api::report_init_error(message);
        if let Ok(Err(error)) = tokio::time::timeout(REPORT_TIMEOUT, report).await {
            log::fatal(&format!("cannot report this to Lambda: {}", chain(&error)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handler_names_the_role() {
        for (handler, role) in [
            ("process_order", Role::Worker),
            ("bootstrap", Role::Worker),
            ("", Role::Worker),
            ("process_order.redrive", Role::Redrive),
        ] {
            assert_eq!(Role::of(handler, "process_order", true).unwrap(), role);
        }
    }

    #[test]
    fn a_redrive_that_was_not_asked_for_says_how_to_ask() {
        let error = Role::of("process_order.redrive", "process_order", false).unwrap_err();

        assert_eq!(
            error.to_string(),
            "`process_order` has no redrive function; set `dlq_redrive` on its `#[sqs_batch]` attribute, or set the handler to `process_order`"
        );
    }

    #[test]
    fn an_unknown_handler_is_reported_with_the_known_ones() {
        let error = |redrive| {
            Role::of("process_orders", "process_order", redrive)
                .unwrap_err()
                .to_string()
        };

        assert_eq!(
            error(true),
            "handler `process_orders` is not in this binary; set it to `process_order` for the worker or `process_order.redrive` for the redrive function"
        );
        assert_eq!(
            error(false),
            "handler `process_orders` is not in this binary; set it to `process_order`, its only function"
        );
    }
}
