//! Links from the span of a record to the spans of its sender.

use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator as _},
    trace::{SpanContext, TraceContextExt as _},
};
use opentelemetry_aws::trace::xray_propagator::span_context_from_str;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{event::Fields, message::MessageAttributes};

/// Links the span to those in the X-Ray header and in the message attributes
/// `traceparent` and `tracestate`. What is malformed gives no link.
pub(super) fn add(span: &Span, fields: &Fields<'_>, xray: Option<&str>) {
    let attributes = MessageAttributes::read(fields).unwrap_or_default();
    let w3c = attributes.string("traceparent").map(|header| {
        let carrier = Carrier(&attributes);
        let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &carrier);
        (context.span().span_context().clone(), header)
    });
    let xray = xray.and_then(|header| Some((span_context_from_str(header)?, header)));
    for (sender, header) in xray.into_iter().chain(w3c) {
        if has_whole_ids(header, &sender) {
            span.add_link(sender);
        }
    }
}

/// Whether the header has the ids as they were read: the propagators also accept
/// shorter ones.
fn has_whole_ids(header: &str, sender: &SpanContext) -> bool {
    let ids = [sender.trace_id().to_string(), sender.span_id().to_string()];
    // Of the X-Ray header's trace id, a part is set apart.
    let digits = header.replace('-', "").to_ascii_lowercase();
    ids.iter().all(|id| digits.contains(id))
}

struct Carrier<'m>(&'m MessageAttributes);

impl Extractor for Carrier<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.string(key)
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name).collect()
    }
}
