//! The example `otlp` and a collector: spans arrive before the next poll.

use std::collections::HashMap;
use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value as Any};
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind, status::StatusCode};
use prost::Message as _;
use redrive_tests::binary::binary;
use redrive_tests::runtime_api::{self, Ran, read_request};
use redrive_tests::sqs_event::sqs_event;
use serde_json::{Value, json};

/// As SQS delivers a sender's X-Ray header.
const XRAY: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
const TRACEPARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// A span, and when the collector got it.
type Received = (Instant, Span);

/// Runs the example and returns what the collector got.
fn run(events: &[Value]) -> (Ran, Vec<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let received = Arc::new(Mutex::new(Vec::new()));
    let collected = Arc::clone(&received);
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let collected = Arc::clone(&collected);
            thread::spawn(move || collect(connection, &collected));
        }
    });
    let environment = [
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url.as_str()),
    ];
    let limit = Duration::from_secs(30);
    let ran = runtime_api::run(&binary("otlp", "otlp"), "ship", &environment, limit, events);
    let received = std::mem::take(&mut *received.lock().expect("no thread panics"));
    (ran, received)
}

fn collect(mut connection: TcpStream, collected: &Mutex<Vec<Received>>) -> Option<()> {
    let mut reader = BufReader::new(connection.try_clone().ok()?);
    loop {
        let (path, body) = read_request(&mut reader)?;
        assert_eq!(path, "/v1/traces");
        // Not at once: nobody waits for an exporter that is not awaited.
        thread::sleep(Duration::from_millis(100));
        let request = ExportTraceServiceRequest::decode(&*body).expect("protobuf");
        let scopes = request
            .resource_spans
            .into_iter()
            .flat_map(|of| of.scope_spans);
        let now = Instant::now();
        let spans = scopes.flat_map(|of| of.spans).map(|span| (now, span));
        collected.lock().expect("no thread panics").extend(spans);
        write!(connection, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").ok()?;
    }
}

fn attributes(attributes: &[KeyValue]) -> HashMap<&str, Value> {
    let value = |attribute: &KeyValue| match attribute.value.as_ref()?.value.as_ref()? {
        Any::StringValue(text) => Some(json!(text)),
        Any::IntValue(number) => Some(json!(number)),
        _ => None,
    };
    attributes
        .iter()
        .filter_map(|attribute| Some((attribute.key.as_str(), value(attribute)?)))
        .collect()
}

/// The spans with this attribute.
fn with<'r>(received: &'r [Received], name: &str, wanted: &Value) -> Vec<&'r Received> {
    received
        .iter()
        .filter(|(_, span)| attributes(&span.attributes).get(name) == Some(wanted))
        .collect()
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn shipment(parcels: u32) -> Value {
    json!({ "id": 1, "parcels": parcels })
}

/// The batch that succeeds: a message of each kind of sender.
fn from_tracing_senders() -> Value {
    let ids = ["xray", "w3c", "both", "none"];
    let mut event = sqs_event("shipments", &ids.map(|id| (id, shipment(1))));
    let text = |value| json!({ "dataType": "String", "stringValue": value });
    for record in [0, 2] {
        event["Records"][record]["attributes"]["AWSTraceHeader"] = json!(XRAY);
    }
    for record in [1, 2] {
        event["Records"][record]["messageAttributes"] =
            json!({ "traceparent": text(TRACEPARENT), "tracestate": text("vendor=1") });
    }
    event
}

/// The batch that fails, with headers that are malformed.
fn from_a_broken_sender() -> Value {
    let headers = [
        ("bad", "Root=1-zz;Parent=;=", "00-🦀-zz-01"),
        (
            "short",
            "Root=1-5759e988-1;Parent=53995c3f42cd8ad8",
            "00-1-2-01",
        ),
    ];
    let mut event = sqs_event("shipments", &headers.map(|(id, ..)| (id, shipment(0))));
    for (record, (_, xray, traceparent)) in headers.into_iter().enumerate() {
        event["Records"][record]["attributes"]["AWSTraceHeader"] = json!(xray);
        event["Records"][record]["messageAttributes"] =
            json!({ "traceparent": { "dataType": "String", "stringValue": traceparent } });
    }
    event
}

#[test]
fn spans_with_links_arrive_before_the_next_poll_also_of_an_invocation_that_fails() {
    let (ran, received) = run(&[from_tracing_senders(), from_a_broken_sender()]);

    assert_eq!(ran.posts[0].0, "invocation/r1/response", "{}", ran.log);
    assert_eq!(ran.posts[1].0, "invocation/r2/error", "{}", ran.log);
    assert_eq!(ran.polls.len(), 3, "{}", ran.log);
    let batches = with(&received, "messaging.batch.message_count", &json!(4));
    let [(_, batch)] = batches[..] else {
        panic!("{received:#?}");
    };
    for (message, links) in [
        (
            "xray",
            &[("5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8", "")][..],
        ),
        (
            "w3c",
            &[(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                "vendor=1",
            )],
        ),
        (
            "both",
            &[
                ("5759e988bd862e3fe1be46a994272793", "53995c3f42cd8ad8", ""),
                (
                    "0af7651916cd43dd8448eb211c80319c",
                    "b7ad6b7169203331",
                    "vendor=1",
                ),
            ],
        ),
        ("none", &[]),
    ] {
        let spans = with(&received, "messaging.message.id", &json!(message));
        let [(arrived, span)] = spans[..] else {
            panic!("{message}: {received:#?}");
        };
        assert!(*arrived < ran.polls[1], "{message}");
        assert_eq!(span.parent_span_id, batch.span_id, "{message}");
        let linked: Vec<_> = span
            .links
            .iter()
            .map(|link| {
                (
                    hex(&link.trace_id),
                    hex(&link.span_id),
                    link.trace_state.clone(),
                )
            })
            .collect();
        let expected: Vec<_> = links
            .iter()
            .map(|(trace, span, state)| {
                ((*trace).to_owned(), (*span).to_owned(), (*state).to_owned())
            })
            .collect();
        assert_eq!(linked, expected, "{message}");
        has_messaging_attributes(span);
    }
    has_messaging_attributes(batch);

    // Each attempt has a span.
    let mut failed = with(&received, "messaging.message.id", &json!("bad"));
    failed.extend(with(&received, "messaging.message.id", &json!("short")));
    assert_eq!(failed.len(), 6, "{received:#?}");
    for (arrived, span) in failed {
        assert!(*arrived < ran.polls[2]);
        assert_eq!(span.links, []);
        let code = span.status.as_ref().map(|status| status.code);
        assert_eq!(code, Some(StatusCode::Error as i32));
        assert_eq!(attributes(&span.attributes)["error.type"], "transient");
        has_messaging_attributes(span);
    }
    for (id, next) in [("r1", 1), ("r2", 2)] {
        let invocations = with(&received, "requestId", &json!(id));
        let [(arrived, invocation)] = invocations[..] else {
            panic!("{id}: {received:#?}");
        };
        assert!(*arrived < ran.polls[next], "{id}");
        assert_eq!(invocation.kind, SpanKind::Server as i32);
    }
    // The lines are those of redrive's own subscriber.
    let shipped = &ran.lines("\"shipped\"")[0];
    assert_eq!(
        (
            &shipped["messageId"],
            &shipped["requestId"],
            &shipped["attempt"]
        ),
        (&json!("xray"), &json!("r1"), &json!(1))
    );
    assert!(!ran.log.contains("messaging."), "{}", ran.log);
}

/// <https://opentelemetry.io/docs/specs/semconv/messaging/sqs/#process-span>
fn has_messaging_attributes(span: &Span) {
    assert_eq!(span.name, "process shipments");
    assert_eq!(span.kind, SpanKind::Consumer as i32);
    let attributes = attributes(&span.attributes);
    for (name, value) in [
        ("messaging.system", "aws_sqs"),
        ("messaging.operation.name", "process"),
        ("messaging.operation.type", "process"),
        ("messaging.destination.name", "shipments"),
    ] {
        assert_eq!(attributes[name], value, "{attributes:?}");
    }
}
