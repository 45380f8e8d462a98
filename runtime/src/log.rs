//! What the engine logs, always without message bodies.

mod line;
pub(crate) mod metrics;
pub(crate) mod record_context;
mod record_spans;
#[cfg(feature = "opentelemetry")]
mod span_links;
mod spans;
mod subscriber;
#[cfg(test)]
mod tests;

use std::{io::Write as _, time::Duration};

use redrive_model::{
    log::{TARGET, event},
    names::ROUND,
};

pub use self::line::LogFormat;
pub(crate) use self::{
    spans::{batch_span, invocation_span, record_span, record_span_failed},
    subscriber::Starting,
};
use crate::{
    error::{BoxError, chain},
    event::Fields,
    failure::{Failure, FailureKind, InvocationError},
    message::SystemAttributes,
    sqs::Destination,
};

/// The figures of one invocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) records: usize,
    /// The function succeeded.
    pub(crate) succeeded: usize,
    /// Reported to SQS, or sent on.
    pub(crate) failed: usize,
    /// Of these, sent to the DLQ by the worker.
    pub(crate) sent_to_dlq: usize,
    /// Sent to the parking queue.
    pub(crate) parked: usize,
    /// Took more than one attempt.
    pub(crate) retried: usize,
    /// Can never succeed.
    pub(crate) permanent: usize,
    pub(crate) out_of_time: usize,
    /// After a failure in a FIFO batch.
    pub(crate) not_run: usize,
    /// Whether the next three are part of the log.
    pub(crate) is_idempotent: bool,
    /// Completed before by another record with the same idempotency key.
    pub(crate) duplicates: usize,
    /// Another run has claimed the idempotency key.
    pub(crate) in_progress: usize,
    /// Of another body than the completed message with the same idempotency key.
    pub(crate) conflicts: usize,
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

pub(crate) fn sent_on(fields: &Fields<'_>, to: Destination, round: Option<u32>) {
    let id = fields.id();
    match to {
        Destination::Dlq => tracing::info!(
            target: TARGET,
            event = event::RECORD_SENT_ON,
            messageId = &*id,
            to = to.name(),
            round,
            "the record was sent to the DLQ"
        ),
        Destination::Parking => tracing::warn!(
            target: TARGET,
            event = event::RECORD_SENT_ON,
            messageId = &*id,
            to = to.name(),
            round,
            "the record was sent to the parking queue and is not redriven any more"
        ),
    }
}

pub(crate) fn not_sent_on(fields: &Fields<'_>, to: Destination, url: &str, error: &BoxError) {
    tracing::error!(
        target: TARGET,
        event = event::RECORD_NOT_SENT_ON,
        messageId = &*fields.id(),
        to = to.name(),
        queueUrl = url,
        error = chain(error),
        "cannot send the record to the {to}, it is reported as failed instead"
    );
}

/// Of a record whose attributes cannot be read, and so not be sent.
pub(crate) fn not_readable(fields: &Fields<'_>, error: &BoxError) {
    tracing::error!(
        target: TARGET,
        event = event::RECORD_NOT_SENT_ON,
        messageId = &*fields.id(),
        error = chain(error),
        "cannot read the attributes of the record, it is reported as failed instead of sent on"
    );
}

/// Of a record that is acknowledged without being run; `conflict`: its body is not that
/// of the message that was completed.
pub(crate) fn duplicate_completed(fields: &Fields<'_>, conflict: bool) {
    let id = fields.id();
    if conflict {
        tracing::warn!(target: TARGET, event = event::DUPLICATE_COMPLETED, messageId = &*id, conflict,
            "a message with the same idempotency key and another body was completed; this one is not processed");
    } else {
        tracing::info!(target: TARGET, event = event::DUPLICATE_COMPLETED, messageId = &*id,
            "a message with the same idempotency key was completed; this one is not processed");
    }
}

/// Of a record that is reported without being run.
pub(crate) fn duplicate_in_progress(fields: &Fields<'_>) {
    tracing::warn!(target: TARGET, event = event::DUPLICATE_IN_PROGRESS, messageId = &*fields.id(),
        "a message with the same idempotency key is being processed; this one is delivered again later");
}

/// Of the first call to the store that failed in an invocation.
pub(crate) fn store_failed(error: &BoxError) {
    tracing::error!(
        target: TARGET,
        event = event::STORE_FAILED,
        error = chain(error),
        "a call to the store of idempotency keys failed; records whose keys cannot be looked up are not processed"
    );
}

/// Of a record whose lease ended before its attempt did.
pub(crate) fn claim_lost(fields: &Fields<'_>) {
    tracing::warn!(target: TARGET, event = event::CLAIM_LOST, messageId = &*fields.id(),
        "the record was processed, but its claim had ended, and its idempotency key belongs to another run");
}

pub(crate) fn received_too_often(fields: &Fields<'_>, runs: u32) {
    let attributes = SystemAttributes::read(fields).unwrap_or_default();
    tracing::warn!(
        target: TARGET,
        event = event::RECEIVED_TOO_OFTEN,
        messageId = &*fields.id(),
        receiveCount = attributes.receive_count,
        "the record was received more than once after its {runs} runs: the queue allows more receives, or has another consumer"
    );
}

pub(crate) fn no_room_for_round(fields: &Fields<'_>) {
    tracing::warn!(
        target: TARGET,
        event = event::NO_ROOM_FOR_ROUND,
        messageId = &*fields.id(),
        "the record has no room for the attribute `{ROUND}`, so it is parked instead of redriven"
    );
}

pub(crate) fn not_delayed(error: &BoxError) {
    tracing::warn!(
        target: TARGET,
        event = event::QUEUE_BACKOFF_FAILED,
        error = chain(error),
        "cannot set how long all failed messages stay invisible; the rest are redelivered after the queue's visibility timeout"
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
        sentToDlq = figures.sent_to_dlq,
        parked = figures.parked,
        retried = figures.retried,
        permanent = figures.permanent,
        outOfTime = figures.out_of_time,
        notRun = figures.not_run,
        duplicates = figures.is_idempotent.then_some(figures.duplicates),
        inProgress = figures.is_idempotent.then_some(figures.in_progress),
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
            Self::Store => "store",
            Self::KeyConflict => "key_conflict",
            Self::InvocationEnded => "invocation_ended",
        }
    }
}
