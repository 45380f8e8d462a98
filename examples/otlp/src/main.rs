//! Shipments whose spans go to an OpenTelemetry collector, by OTLP over HTTP.

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::trace::SdkTracerProvider;
use redrive::{BoxError, LogFormat, sqs_batch};
use tracing_subscriber::{
    filter::LevelFilter, fmt::format::JsonFields, layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

#[derive(serde::Deserialize)]
struct Shipment {
    id: u64,
    parcels: u32,
}

#[sqs_batch(
    init = export_spans,
    flush = flush,
    // A collector in the Lambda environment, as its layer for Lambda starts it.
    env(OTEL_EXPORTER_OTLP_ENDPOINT = "http://localhost:4318", OTEL_SERVICE_NAME = "shipments")
)]
async fn ship(shipment: Shipment, _spans: &SdkTracerProvider) -> Result<(), BoxError> {
    if shipment.parcels == 0 {
        return Err("a shipment without parcels".into());
    }
    tracing::info!(id = shipment.id, parcels = shipment.parcels, "shipped");
    Ok(())
}

/// Installs a subscriber that logs as redrive does, and gives spans to the exporter.
async fn export_spans() -> Result<SdkTracerProvider, BoxError> {
    let exporter = SpanExporter::builder().with_http().build()?;
    let spans = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .build();
    let lines = tracing_subscriber::fmt::layer()
        .fmt_fields(JsonFields::new())
        .event_format(LogFormat::from_env());
    tracing_subscriber::registry()
        .with(LevelFilter::INFO)
        .with(tracing_opentelemetry::layer().with_tracer(spans.tracer("ship")))
        .with(lines)
        .try_init()?;
    Ok(spans)
}

/// Waits until the collector has all spans, before Lambda freezes the process.
async fn flush(spans: &SdkTracerProvider) {
    let spans = spans.clone();
    // It blocks its thread.
    let flushed = tokio::task::spawn_blocking(move || spans.force_flush()).await;
    if let Ok(Err(error)) = flushed {
        tracing::warn!("the collector has not all spans: {error}");
    }
}
