//! The spans of invocations, batches and records.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use redrive_model::log::TARGET;
use tracing::{Level, Metadata, Span, field::Empty};

#[cfg(feature = "opentelemetry")]
use super::span_links;
use crate::{
    event::{Event, Fields},
    message::SystemAttributes,
};

/// The target of the spans of invocations and records, which no level of the user's
/// hides: a line at any level has their fields.
pub(super) const SPANS: &str = "redrive::span";

/// The name of a record's span.
pub(super) const RECORD: &str = "record";

/// Whether the process logs through this crate's own subscriber, which adds the
/// current record to each line by itself.
pub(super) static OWN: AtomicBool = AtomicBool::new(false);

/// Whether redrive itself has written the event or made the span.
pub(super) fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().split("::").next() == Some(TARGET)
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

/// The span of an attempt at a record, for a subscriber of the user's own; redrive's
/// makes it when it is asked for.
pub(crate) fn record_span(fields: &Fields<'_>, attempt: u32) -> Option<Span> {
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
    span.record("error.type", error_type);
    span.record("otel.status_code", "ERROR");
}
