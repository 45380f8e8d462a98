//! Log lines as redrive writes them, and spans for an OpenTelemetry collector.

use std::sync::OnceLock;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use redrive::LogFormat;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

static SPANS: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Installs the subscriber of this process. Spans go to `OTEL_EXPORTER_OTLP_ENDPOINT`, by
/// default to a collector in the Lambda environment.
pub fn install(function: &'static str) -> anyhow::Result<()> {
    let exporter = SpanExporter::builder().with_http().build()?;
    let spans = SdkTracerProvider::builder()
        .with_resource(Resource::builder().with_service_name("billing").build())
        .with_batch_exporter(exporter)
        .build();
    let lines = tracing_subscriber::fmt::layer()
        .fmt_fields(JsonFields::new())
        .event_format(LogFormat::from_env());
    tracing_subscriber::registry()
        .with(LevelFilter::INFO)
        .with(tracing_opentelemetry::layer().with_tracer(spans.tracer(function)))
        .with(lines)
        .try_init()?;
    SPANS.get_or_init(|| spans);
    Ok(())
}

/// Waits until the collector has all spans, before Lambda freezes the process.
pub async fn flush() {
    let Some(spans) = SPANS.get() else { return };
    // It blocks its thread.
    let flushed = tokio::task::spawn_blocking(|| spans.force_flush()).await;
    if let Ok(Err(error)) = flushed {
        tracing::warn!("the collector has not all spans: {error}");
    }
}
