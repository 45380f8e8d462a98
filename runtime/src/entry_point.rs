//! `main` of a binary with an `#[sqs_batch]` function: which of its Lambda
//! functions this process is.

use std::{env, process::ExitCode, time::Duration};

use tokio::runtime::{Builder, Runtime};

use redrive_model::names::{REDRIVE_HANDLER_SUFFIX, redrive_handler};

use crate::{
    error::{BoxError, chain},
    handler::Handler,
    log, panic,
    redrive::RedriveFunction,
    runtime_api::{self, Stopped},
    worker,
};

/// How long reporting a failed start may take: Lambda ends the init phase
/// after 10 seconds anyway.
const REPORT_TIMEOUT: Duration = Duration::from_secs(2);

/// The largest event, with room for what is made of it.
const LARGEST_BLOCK: usize = 16 << 20;

/// Runs the Lambda function that `_HANDLER` names.
pub fn main<H: Handler>() -> ExitCode {
    // glibc keeps as much freed memory as the largest block it has seen freed
    // is long, and gives back the rest, so that each batch would have its pages
    // made anew. One block that is never touched costs nothing.
    drop(std::hint::black_box(Vec::<u8>::with_capacity(
        LARGEST_BLOCK,
    )));
    // Before `init`, whose own hook, if it installs one, then goes first.
    panic::install_hook();
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            log::fatal(&format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(async {
        // Boxed: nested in one another, the futures would pass the compiler's
        // recursion limit in the user's crate.
        match role::<H>() {
            Ok(Role::Worker) => reported(Box::pin(worker::run::<H>()).await).await,
            Ok(Role::Redrive) => {
                log::Starting::new().finish();
                reported(Box::pin(H::Redrive::run()).await).await
            }
            Err(error) => reported(Err(error)).await,
        }
    });
    // Not dropped, which would wait for the blocking calls that the function has
    // left behind, for ever if one never ends.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// One thread, as one invocation at a time has one thing to do; more where
/// Lambda gives a process several invocations at once.
fn runtime() -> std::io::Result<Runtime> {
    let concurrent = env::var("AWS_LAMBDA_MAX_CONCURRENCY")
        .ok()
        .and_then(|number| number.parse::<u32>().ok())
        .is_some_and(|number| number > 1);
    let mut builder = if concurrent {
        Builder::new_multi_thread()
    } else {
        Builder::new_current_thread()
    };
    builder.enable_all().build()
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
        match handler {
            "" | "bootstrap" => Ok(Self::Worker),
            _ if handler == function => Ok(Self::Worker),
            _ if asks_redrive && redrive => Ok(Self::Redrive),
            _ if asks_redrive => Err(format!(
                "`{function}` has no redrive function; set `dlq_redrive` on its `#[sqs_batch]` attribute, or set the handler to `{function}`"
            )
            .into()),
            _ if redrive => Err(format!(
                "handler `{handler}` is not in this binary; set it to `{function}` for the worker or `{}` for the redrive function",
                redrive_handler(function)
            )
            .into()),
            _ => Err(format!(
                "handler `{handler}` is not in this binary; set it to `{function}`, its only function"
            )
            .into()),
        }
    }
}

/// Says why the function cannot run: in the log, and, if it has not started, to
/// Lambda, which shows it to whoever invokes the function.
async fn reported(ended: Result<(), BoxError>) -> Result<(), BoxError> {
    if let Err(error) = &ended {
        let message = chain(error);
        if error.is::<Stopped>() {
            log::fatal(&message);
            return ended;
        }
        log::fatal(&format!("cannot run: {message}"));
        if runtime_api::check_environment().is_ok() {
            let report = runtime_api::report_init_error(message);
            if let Ok(Err(error)) = tokio::time::timeout(REPORT_TIMEOUT, report).await {
                log::fatal(&format!("cannot report this to Lambda: {}", chain(&error)));
            }
        }
    }
    ended
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
    fn an_unknown_handler_is_told_the_known_ones() {
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
