//! What the engine logs, always without message bodies.

mod line;
pub(crate) mod metrics;
pub(crate) mod record_context;
#[cfg(feature = "opentelemetry")]
mod span_links;
#[cfg(test)]
mod tests;

use std::{
    env,
    io::Write as _,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use redrive_model::log::{TARGET, event};
use tracing::{
    Dispatch, Level, Span, field::Empty, level_filters::LevelFilter, subscriber::DefaultGuard,
};
use tracing_log::{AsLog as _, LogTracer, log};
use tracing_subscriber::{
    Registry,
    filter::Targets,
    fmt::{MakeWriter, format::JsonFields},
    layer::SubscriberExt as _,
    reload,
};

pub use self::line::LogFormat;
use crate::{
    error::{BoxError, chain},
    event::{Event, Fields},
    failure::{Failure, FailureKind, InvocationError},
    message::SystemAttributes,
};

/// The figures of one invocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) records: usize,
    /// The function succeeded.
    pub(crate) succeeded: usize,
    /// Reported to SQS.
    pub(crate) failed: usize,
    /// Took more than one attempt.
    pub(crate) retried: usize,
    /// Can never succeed.
    pub(crate) permanent: usize,
    pub(crate) out_of_time: usize,
    /// After a failure in a FIFO batch.
    pub(crate) not_run: usize,
}

/// The target of the spans of invocations and records, which no level of the user's
/// hides: a line at any level has their fields.
const SPANS: &str = "redrive::span";

/// `lambda_runtime` logs each error of an invocation here, which redrive has
/// logged with its type.
const REPEATED: &str = "lambda_runtime::layers::panic";

/// The name of a record's span.
const RECORD: &str = "record";

/// The environment variable with the level that the function's log settings ask for.
const LEVEL: &str = "AWS_LAMBDA_LOG_LEVEL";

/// Whether the process logs through this crate's own subscriber, which adds the
/// current record to each line by itself.
static OWN: AtomicBool = AtomicBool::new(false);

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
fn dispatch(
    env: impl Fn(&str) -> Option<String>,
    writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static,
) -> Dispatch {
    let lines = tracing_subscriber::fmt::layer()
        .fmt_fields(JsonFields::new())
        .event_format(LogFormat::from_lookup(&env))
        .with_ansi(false)
        .with_writer(writer);
    Dispatch::new(
        tracing_subscriber::registry()
            .with(filter(env))
            .with(line::KeepRecord)
            .with(lines),
    )
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
fn lambda_level(env: impl Fn(&str) -> Option<String>) -> &'static str {
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

fn metrics_level(filter: &'static str) -> &'static str {
    match filter {
        "ERROR" => "FATAL",
        level => level,
    }
}

/// A panic that nothing else reports.
pub(crate) fn panicked(message: &str) {
    let format = LogFormat::from_env();
    write_at_once(&line::direct(format, "ERROR", event::PANICKED, message));
}

/// Why the process cannot go on, perhaps before there is a subscriber.
pub(crate) fn fatal(message: &str) {
    write_at_once(&match LogFormat::from_env() {
        LogFormat::Text => format!("{message}\n"),
        json @ LogFormat::Json => line::direct(json, "FATAL", event::FATAL, message),
    });
}

fn write_at_once(line: &str) {
    // There is nowhere to report that the log cannot be written.
    _ = std::io::stderr().write_all(line.as_bytes());
}

/// The span of an invocation, at the level that most subscribers let through.
pub(crate) fn invocation_span(request_id: &str, trace_header: Option<&str>) -> Span {
    tracing::error_span!(
        target: SPANS,
        "invocation",
        requestId = request_id,
        xrayTraceId = trace_header,
        otel.kind = "server",
    )
}

/// The span of a batch.
///
/// Its fields and those of [`record_span`] are for a subscriber of the user's own:
/// <https://opentelemetry.io/docs/specs/semconv/messaging/sqs/#process-span>.
pub(crate) fn batch_span(event: &Event) -> Span {
    if !spans_have_fields() {
        return Span::none();
    }
    let queue = event.queue_name();
    tracing::error_span!(
        target: SPANS,
        "batch",
        otel.name = span_name(queue.as_deref()),
        otel.kind = "consumer",
        faas.trigger = "pubsub",
        messaging.system = "aws_sqs",
        messaging.operation.name = PROCESS,
        messaging.operation.type = PROCESS,
        messaging.destination.name = queue,
        // Of unsigned numbers, `tracing-opentelemetry` makes texts.
        messaging.batch.message_count = event.len() as i64,
    )
}

/// The value of `messaging.operation.name` and `messaging.operation.type`.
const PROCESS: &str = "process";

fn span_name(queue: Option<&str>) -> String {
    [PROCESS, queue.unwrap_or_default()].join(" ")
}

/// Whether a subscriber of the user's own gets the spans.
fn spans_have_fields() -> bool {
    !OWN.load(Relaxed) && tracing::span_enabled!(target: SPANS, Level::ERROR)
}

/// The string is also how `cargo redrive package` finds the digest in the binary.
pub(crate) fn started(manifest: Option<&'static str>) {
    // Kept where a feature of `tracing` removes the event, such as
    // `release_max_level_info`.
    let manifest = std::hint::black_box(manifest);
    tracing::debug!(target: TARGET, event = event::STARTED, manifest, "started");
}

pub(crate) fn invocation_failed(error: &InvocationError) {
    tracing::error!(target: TARGET,
        event = event::INVOCATION_FAILED, errorType = error.kind(), "{error}");
}

/// The span of an attempt at a record.
pub(crate) fn record_span(fields: &Fields<'_>, attempt: u32) -> Option<Span> {
    if OWN.load(Relaxed) {
        // Its fields are those of the current record.
        return Some(tracing::error_span!(target: SPANS, RECORD));
    }
    if !spans_have_fields() {
        return None;
    }
    let attributes = SystemAttributes::read(fields).unwrap_or_default();
    let queue = fields.queue_name();
    let span = tracing::error_span!(
        target: SPANS,
        RECORD,
        messageId = &*fields.id(),
        receiveCount = attributes.receive_count,
        messageGroupId = attributes.group_id.as_deref(),
        attempt,
        otel.name = span_name(queue.as_deref()),
        otel.kind = "consumer",
        otel.status_code = Empty,
        error.type = Empty,
        faas.trigger = "pubsub",
        messaging.system = "aws_sqs",
        messaging.operation.name = PROCESS,
        messaging.operation.type = PROCESS,
        messaging.destination.name = queue,
        messaging.message.id = &*fields.id(),
    );
    #[cfg(feature = "opentelemetry")]
    span_links::add(&span, fields, attributes.trace_header.as_deref());
    Some(span)
}

/// Marks the span of an attempt that failed, or that was dropped (`timeout`).
pub(crate) fn record_span_failed(span: &Span, error_type: &'static str) {
    // redrive's own subscriber has no such fields.
    span.record("error.type", error_type);
    span.record("otel.status_code", "ERROR");
}

pub(crate) fn retrying(fields: &Fields<'_>, failure: &Failure, attempt: u32, wait: Duration) {
    let attributes = SystemAttributes::read(fields).unwrap_or_default();
    tracing::warn!(
        target: TARGET,
        event = event::ATTEMPT_FAILED,
        messageId = &*fields.id(),
        receiveCount = attributes.receive_count,
        messageGroupId = attributes.group_id.as_deref(),
        attempt,
        failure = failure.kind.name(),
        error = failure.reason,
        waitMs = wait.as_millis() as u64,
        "attempt failed, trying again"
    );
}

pub(crate) fn failed(fields: &Fields<'_>, failure: &Failure, attempt: u32) {
    let attributes = SystemAttributes::read(fields).unwrap_or_default();
    tracing::error!(
        target: TARGET,
        event = event::RECORD_FAILED,
        messageId = &*fields.id(),
        receiveCount = attributes.receive_count,
        messageGroupId = attributes.group_id.as_deref(),
        attempt,
        failure = failure.kind.name(),
        error = failure.reason,
        "record failed"
    );
}

/// Of an attempt that blocks its thread when the invocation answers.
pub(crate) fn abandoned(fields: &Fields<'_>, attempt: u32) {
    tracing::warn!(
        target: TARGET,
        event = event::ATTEMPT_ABANDONED,
        messageId = &*fields.id(),
        attempt,
        "the attempt blocks its thread and continues after the invocation; use `tokio::task::spawn_blocking` for code that blocks"
    );
}

pub(crate) fn abandoned_ended(fields: &Fields<'_>, attempt: u32) {
    tracing::warn!(
        target: TARGET,
        event = event::ABANDONED_ATTEMPT_ENDED,
        messageId = &*fields.id(),
        attempt,
        "an abandoned attempt has ended"
    );
}

/// What `flush` did instead of ending in time.
pub(crate) fn flush_failed(error: &str, request_id: Option<&str>) {
    // The span of the invocation has ended.
    tracing::error!(
        target: TARGET,
        event = event::FLUSH_FAILED,
        requestId = request_id,
        error,
        "`flush` failed"
    );
}

pub(crate) fn no_shutdown_signal(error: &str) {
    tracing::warn!(
        target: TARGET,
        event = event::NO_SHUTDOWN_SIGNAL,
        error,
        "no extension could be registered, so `flush` is not called when the process is ended"
    );
}

/// Of a record that was begun and is not done; `last`: why the attempt before
/// failed.
pub(crate) fn out_of_time(fields: &Fields<'_>, last: Option<&Failure>, attempt: u32) {
    let attributes = SystemAttributes::read(fields).unwrap_or_default();
    tracing::error!(
        target: TARGET,
        event = event::RECORD_OUT_OF_TIME,
        messageId = &*fields.id(),
        receiveCount = attributes.receive_count,
        messageGroupId = attributes.group_id.as_deref(),
        attempt,
        failure = last.map(|failure| failure.kind.name()),
        error = last.map(|failure| failure.reason.as_str()),
        "record not done in time; set `attempt_timeout`, a longer `timeout` or fewer `retries`"
    );
}

pub(crate) fn not_sent_to_dlq(fields: &Fields<'_>, dlq_url: &str, error: &BoxError) {
    tracing::error!(
        target: TARGET,
        event = event::DLQ_SEND_FAILED,
        messageId = &*fields.id(),
        dlq = dlq_url,
        error = chain(error),
        "cannot send the record to the DLQ, it is reported as failed instead"
    );
}

pub(crate) fn not_delayed(error: &BoxError) {
    tracing::warn!(
        target: TARGET,
        event = event::QUEUE_BACKOFF_FAILED,
        error = chain(error),
        "cannot set `queue_backoff` for all failed messages; the rest come back after the queue's visibility timeout"
    );
}

/// Only at the level that nobody sets by accident: it may be somebody's data.
pub(crate) fn body(body: &str) {
    tracing::trace!(target: TARGET,
        event = event::ATTEMPT_STARTED, body, "attempt");
}

/// One line for each invocation.
pub(crate) fn summary(figures: &Figures, elapsed: Duration) {
    tracing::info!(
        target: TARGET,
        event = event::BATCH_HANDLED,
        records = figures.records,
        succeeded = figures.succeeded,
        failed = figures.failed,
        retried = figures.retried,
        permanent = figures.permanent,
        outOfTime = figures.out_of_time,
        notRun = figures.not_run,
        durationMs = milliseconds(elapsed),
        "batch handled"
    );
}

/// To the microsecond.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1_000.0
}

impl FailureKind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Permanent => "permanent",
            Self::Malformed => "malformed",
            Self::Panic => "panic",
            Self::AttemptTimeout => "attempt_timeout",
        }
    }
}
