//! Links from the span of a record to the spans of its sender.

use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_aws::trace::xray_propagator::span_context_from_str;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::{event::Fields, message::MessageAttributes};

/// Links the span to those in the X-Ray header and in the message attributes
/// `traceparent` and `tracestate`. What is malformed gives no link.
pub(super) fn add(span: &Span, fields: &Fields<'_>, xray: Option<&str>) {
    let xray = xray.and_then(span_context_from_str);
    let attributes = MessageAttributes::read(fields).unwrap_or_default();
    let w3c =
        TraceContextPropagator::new().extract_with_context(&Context::new(), &Carrier(&attributes));
    let w3c = w3c.span().span_context().clone();
    for sender in xray.into_iter().chain([w3c]) {
        // Without an id it is ignored.
        span.add_link(sender);
    }
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
