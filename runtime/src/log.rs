//! What the engine logs, always without message bodies.

mod levels;
mod lines;
pub(crate) mod metrics;
pub(crate) mod record_context;

use std::{
    env,
    io::Write as _,
    sync::{
        LazyLock,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use tracing::{Dispatch, Level, Span, subscriber::DefaultGuard};

use redrive_model::log::{TARGET, event};

use self::lines::Format;
use crate::{
    error::{BoxError, chain},
    event::Fields,
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

/// The name of a record's span.
const RECORD: &str = "record";

/// Whether the process logs through this crate's own subscriber, which adds the
/// current record to each line by itself.
static OWN: AtomicBool = AtomicBool::new(false);

/// The log while `init` runs: not yet the process's own, so that `init` can
/// install one that the user likes better.
pub(crate) struct Starting {
    dispatch: Dispatch,
    _guard: DefaultGuard,
}

impl Starting {
    pub(crate) fn new() -> Self {
        let dispatch = lines::dispatch(|name| env::var(name).ok());
        Self {
            _guard: tracing::dispatcher::set_default(&dispatch),
            dispatch,
        }
    }

    /// Makes it the process's own, unless `init` installed another.
    pub(crate) fn finish(self) {
        let installed = tracing::dispatcher::set_global_default(self.dispatch).is_ok();
        OWN.store(installed, Relaxed);
    }
}

/// Whether Lambda is asked for lines of JSON.
pub(crate) fn is_json() -> bool {
    format() == Format::Json
}

fn format() -> Format {
    Format::of(|name| env::var(name).ok())
}

/// What each line of metrics has on top: Lambda takes a line of JSON without a
/// level and a time for one at `INFO`, and may drop it.
pub(crate) fn level_and_timestamp() -> (&'static str, String) {
    static LEVEL: LazyLock<&str> = LazyLock::new(|| levels::level(|name| env::var(name).ok()));
    (*LEVEL, lines::timestamp())
}

/// A panic that nothing after it will tell of: so past the subscriber, which
/// may filter the line, or keep it until later.
pub(crate) fn panicked(said: &str) {
    let spans = OWN.load(Relaxed);
    write_at_once(&lines::direct(
        format(),
        "ERROR",
        event::PANICKED,
        said,
        spans,
    ));
}

/// Why the process cannot go on, perhaps before there is a subscriber.
pub(crate) fn fatal(message: &str) {
    write_at_once(&match format() {
        Format::Text => format!("{message}\n"),
        Format::Json => lines::direct(Format::Json, "FATAL", event::FATAL, message, false),
    });
}

fn write_at_once(line: &str) {
    // There is nowhere to say that the log cannot be written.
    _ = std::io::stderr().write_all(line.as_bytes());
}

/// The span of an invocation, at the level that a subscriber of one's own has to
/// let through for it.
pub(crate) fn invocation_span(request_id: &str, trace_header: Option<&str>) -> Span {
    tracing::info_span!(
        target: TARGET,
        "invocation",
        requestId = request_id,
        xrayTraceId = trace_header
    )
}

/// The string is also how `cargo redrive package` finds the digest in the binary.
pub(crate) fn started(manifest: Option<&'static str>) {
    tracing::debug!(target: TARGET, event = event::STARTED, manifest, "started");
}

pub(crate) fn invocation_failed(error: &InvocationError) {
    tracing::error!(target: TARGET,
        event = event::INVOCATION_FAILED, errorType = error.kind(), "{error}");
}

/// The span of an attempt at a record, at the level of the lines that need it
/// most.
pub(crate) fn record_span(fields: &Fields<'_>, attempt: u32) -> Option<Span> {
    if OWN.load(Relaxed) {
        // Its fields are those of the current record.
        return Some(tracing::error_span!(target: TARGET, RECORD));
    }
    if !tracing::span_enabled!(target: TARGET, Level::ERROR) {
        return None;
    }
    let attributes = SystemAttributes::read(fields).unwrap_or_default();
    Some(tracing::error_span!(
        target: TARGET,
        RECORD,
        messageId = &*fields.id(),
        receiveCount = attributes.receive_count,
        messageGroupId = attributes.group_id.as_deref(),
        attempt
    ))
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

pub(crate) fn not_sent_to_dlq(fields: &Fields<'_>, error: &BoxError) {
    tracing::error!(
        target: TARGET,
        event = event::DLQ_SEND_FAILED,
        messageId = &*fields.id(),
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
    fn name(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Permanent => "permanent",
            Self::Malformed => "malformed",
            Self::Panic => "panic",
            Self::AttemptTimeout => "attempt_timeout",
        }
    }
}
