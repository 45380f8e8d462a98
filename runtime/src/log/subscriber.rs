//! The subscriber that writes the log, and Lambda's settings for it.

use std::{
    env,
    sync::{LazyLock, atomic::Ordering::Relaxed},
};

use tracing::{Dispatch, level_filters::LevelFilter, subscriber::DefaultGuard};
use tracing_log::{AsLog as _, LogTracer, log};
use tracing_subscriber::{
    Registry,
    filter::Targets,
    fmt::{MakeWriter, format::JsonFields},
    layer::SubscriberExt as _,
    reload,
};

use super::{
    line::{self, KeepFields, LogFormat},
    record_spans::RecordSpans,
    spans::{OWN, SPANS},
};

/// `lambda_runtime` logs each error of an invocation here, which redrive has
/// logged with its type.
const REPEATED: &str = "lambda_runtime::layers::panic";

/// The environment variable with the level that the function's log settings ask for.
const LEVEL: &str = "AWS_LAMBDA_LOG_LEVEL";

/// The log while `init` runs: not yet the process's own, so that `init` can
/// install one that the user likes better.
pub(crate) struct Starting {
    dispatch: Dispatch,
    _guard: DefaultGuard,
    /// Whether the lines of the `log` crate go to `tracing`.
    bridged: bool,
}

impl Starting {
    pub(crate) fn new() -> Self {
        let bridged = !subscribers_install_a_logger() && bridge_log_crate();
        let dispatch = dispatch(|name| env::var(name).ok(), std::io::stdout);
        log::set_max_level(LevelFilter::current().as_log());
        Self {
            _guard: tracing::dispatcher::set_default(&dispatch),
            dispatch,
            bridged,
        }
    }

    /// Makes it the process's own, unless `init` installed another.
    pub(crate) fn finish(self) {
        let installed = tracing::dispatcher::set_global_default(self.dispatch).is_ok();
        OWN.store(installed, Relaxed);
        if self.bridged || installed && bridge_log_crate() {
            log::set_max_level(LevelFilter::current().as_log());
        }
    }
}

/// Passes lines of the `log` crate to `tracing`, unless there is a logger.
fn bridge_log_crate() -> bool {
    LogTracer::init().is_ok()
}

/// Whether `init()` of `tracing-subscriber` installs a logger and panics if there is
/// one. It does with the feature `tracing-log`, which redrive leaves off, but the
/// function's own dependency on the crate may turn on.
fn subscribers_install_a_logger() -> bool {
    // With that feature, reloading a layer copies the level of `tracing` to the `log`
    // crate. Without a subscriber, that level is none or all.
    log::set_max_level(log::LevelFilter::Warn);
    let (_layer, handle) = reload::Layer::<_, Registry>::new(LevelFilter::OFF);
    _ = handle.reload(LevelFilter::OFF);
    log::max_level() != log::LevelFilter::Warn
}

/// The subscriber that [Lambda's variables](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html)
/// ask for.
pub(super) fn dispatch(
    env: impl Fn(&str) -> Option<String>,
    writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static,
) -> Dispatch {
    let lines = tracing_subscriber::fmt::layer()
        .fmt_fields(JsonFields::new())
        .event_format(LogFormat::from_lookup(&env))
        .with_ansi(false)
        .with_writer(writer);
    Dispatch::new(RecordSpans::new(
        tracing_subscriber::registry()
            .with(filter(env))
            .with(KeepFields(lines)),
    ))
}

/// By `AWS_LAMBDA_LOG_LEVEL`, or else by the directives in `RUST_LOG`, or else at
/// `INFO`.
fn filter(env: impl Fn(&str) -> Option<String>) -> Targets {
    let get = |name| env(name).filter(|value| !value.is_empty());
    let everything = |level| Targets::new().with_default(level);
    let targets = match (get(LEVEL), get("RUST_LOG")) {
        (Some(_), _) => everything(match lambda_level(&env) {
            "FATAL" => LevelFilter::ERROR,
            level => level.parse().unwrap_or(LevelFilter::INFO),
        }),
        (None, Some(directives)) => directives
            .parse()
            .unwrap_or_else(|_| everything(LevelFilter::INFO)),
        (None, None) => everything(LevelFilter::INFO),
    };
    targets
        .with_target(SPANS, LevelFilter::ERROR)
        .with_target(REPEATED, LevelFilter::OFF)
}

/// The level that Lambda filters by.
pub(super) fn lambda_level(env: impl Fn(&str) -> Option<String>) -> &'static str {
    let level = env(LEVEL).unwrap_or_default();
    ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(&level))
        .unwrap_or("INFO")
}

/// The level and the timestamp of a line of metrics, which must pass Lambda's filter.
///
/// Lambda assigns `INFO` to a line of JSON without a valid level or timestamp, and
/// drops it at a higher level
/// (<https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>).
/// So the line has the level that Lambda filters by. Only `ERROR` it never has, as
/// metric filters and alarms count the lines at that level: `FATAL` passes there.
pub(crate) fn level_and_timestamp() -> (&'static str, String) {
    static LEVEL: LazyLock<&str> =
        LazyLock::new(|| metrics_level(lambda_level(|name| env::var(name).ok())));
    (*LEVEL, line::timestamp())
}

pub(super) fn metrics_level(filter: &'static str) -> &'static str {
    match filter {
        "ERROR" => "FATAL",
        level => level,
    }
}
