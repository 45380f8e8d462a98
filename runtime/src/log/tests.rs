//! What a line of the log is.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::fmt::format::JsonFields;

use super::{
    subscriber::{dispatch, lambda_level, metrics_level},
    *,
};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn logged(env: &[(&str, &str)], log: impl FnOnce()) -> String {
    let sink = Sink::default();
    let written = sink.clone();
    let env = |name: &str| {
        let found = env.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    tracing::dispatcher::with_default(&dispatch(env, move || sink.clone()), log);
    written.text()
}

#[test]
fn the_format_can_be_used_in_another_subscriber() {
    let sink = Sink::default();
    let written = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .fmt_fields(JsonFields::new())
        .event_format(LogFormat::Json)
        .with_writer(move || sink.clone())
        .finish();
    let event = bytes::Bytes::from_static(br#"{"Records":[{"messageId":"m1"}]}"#);
    let event = crate::event::Event::read(event).unwrap();
    tracing::subscriber::with_default(subscriber, || {
        let invocation = invocation_span("r1", Some("Root=1"));
        let record = record_span(&event.record(0), 2);
        invocation.in_scope(|| {
            record
                .unwrap()
                .in_scope(|| tracing::info!(sku = "lamp", "sold"))
        });
    });
    let line: serde_json::Value = serde_json::from_str(&written.text()).unwrap();

    for (field, value) in [("messageId", "m1"), ("sku", "lamp"), ("message", "sold")] {
        assert_eq!(line[field], value, "{line}");
    }
    assert_eq!(line["receiveCount"], 1);
    assert_eq!(line["attempt"], 2);
}

#[test]
fn the_line_of_metrics_passes_every_filter_and_is_no_error() {
    let levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    for (index, filter) in levels.into_iter().enumerate() {
        let level = metrics_level(filter);

        assert!(levels[index..].contains(&level), "{filter}");
        assert_ne!(level, "ERROR");
    }
}

#[test]
fn lambdas_level_is_one_of_its_own_or_info() {
    for (variable, expected) in [
        (Some("TRACE"), "TRACE"),
        (Some("debug"), "DEBUG"),
        (Some("Warn"), "WARN"),
        (Some("ERROR"), "ERROR"),
        (Some("fatal"), "FATAL"),
        (Some("loud"), "INFO"),
        (Some(""), "INFO"),
        (None, "INFO"),
    ] {
        assert_eq!(lambda_level(|_| variable.map(str::to_owned)), expected);
    }
}

const JSON: (&str, &str) = ("AWS_LAMBDA_LOG_FORMAT", "JSON");

#[test]
fn json_has_everything_on_top() {
    let lines = logged(&[JSON], || {
        let span = tracing::info_span!("invoke", requestId = "r1", sku = "outer");
        span.in_scope(|| tracing::info!(sku = "a\"b", quantity = 3, "sold \"it\""));
    });
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();

    assert_eq!(line["level"], "INFO");
    assert_eq!(line["message"], "sold \"it\"");
    assert_eq!(line["sku"], "a\"b");
    assert_eq!(line["quantity"], 3);
    assert_eq!(line["requestId"], "r1");
    assert!(line["timestamp"].as_str().unwrap().ends_with('Z'));
    assert_eq!(lines.matches("\"sku\"").count(), 1);
    assert_eq!(lines.lines().count(), 1);
}

#[test]
fn a_line_of_a_record_says_which() {
    let event = bytes::Bytes::from_static(
        br#"{"Records":[{"messageId":"m\u0031","attributes":{"ApproximateReceiveCount":"3","MessageGroupId":"g"}}]}"#,
    );
    let parsed = crate::event::Event::read(event).unwrap();
    let mut record = Some(record_context::Polled::new(record_context::Current::new(
        parsed, 0, 2,
    )));
    let text = logged(&[], || {
        record_context::scope(&mut record, || tracing::info!("not messageId=7"));
    });
    assert!(text.contains(" messageId=\"m1\""), "{text}");
    let lines = logged(&[JSON], || {
        record_context::scope(
            &mut record,
            || tracing::info!(target: "orders", attempt = "my own", "within"),
        );
        tracing::info!("outside");
    });
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();

    assert_eq!(lines[0]["messageId"], "m1");
    assert_eq!(lines[0]["receiveCount"], 3);
    assert_eq!(lines[0]["messageGroupId"], "g");
    assert_eq!(lines[0]["attempt"], 2);
    assert_eq!(lines[0]["attempt_"], "my own");
    assert_eq!(lines[1].get("messageId"), None);
}

#[test]
fn a_span_that_is_kept_says_which_record_it_was_of_and_keeps_no_event() {
    let event = bytes::Bytes::from(
        r#"{"Records":[{"messageId":"m1","attributes":{"MessageGroupId":"g"}}]}"#.to_owned(),
    );
    let parsed = crate::event::Event::read(event.clone()).unwrap();
    let mut record = Some(record_context::Polled::new(record_context::Current::new(
        parsed, 0, 2,
    )));
    let lines = logged(&[JSON], || {
        let kept = record_context::scope(&mut record, tracing::Span::current);
        let within = record_context::scope(&mut record, || tracing::info_span!("within"));
        assert!(!event.is_unique());
        record = None;
        assert!(event.is_unique());
        for span in [kept, within] {
            span.in_scope(|| tracing::info!("later"));
        }
    });
    let lines: Vec<serde_json::Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();

    assert_eq!(lines.len(), 2);
    for line in lines {
        assert_eq!(line["messageId"], "m1");
        assert_eq!(line["messageGroupId"], "g");
        assert_eq!(line["attempt"], 2);
    }
}

#[test]
fn a_span_from_elsewhere_stays_the_current_one_in_a_record() {
    let event = bytes::Bytes::from_static(br#"{"Records":[{"messageId":"m1"}]}"#);
    let parsed = crate::event::Event::read(event).unwrap();
    let mut record = Some(record_context::Polled::new(record_context::Current::new(
        parsed, 0, 1,
    )));
    let lines = logged(&[JSON], || {
        let elsewhere = tracing::info_span!(target: "orders", "elsewhere", sku = "lamp");
        let (current, within) = record_context::scope(&mut record, || {
            elsewhere.in_scope(|| (tracing::Span::current(), tracing::info_span!("within")))
        });
        assert_eq!(current, elsewhere);
        within.in_scope(|| tracing::info!("later"));
    });
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();

    assert_eq!(line["sku"], "lamp");
    assert_eq!(line.get("messageId"), None);
}

#[test]
fn the_span_of_another_record_stays_the_current_one_in_a_record() {
    let event =
        bytes::Bytes::from_static(br#"{"Records":[{"messageId":"m1"},{"messageId":"m2"}]}"#);
    let event = crate::event::Event::read(event).unwrap();
    let polled = |index| {
        let current = record_context::Current::new(event.clone(), index, 1);
        Some(record_context::Polled::new(current))
    };
    let lines = logged(&[JSON], || {
        let (mut first, mut second) = (polled(0), polled(1));
        let of_first = record_context::scope(&mut first, tracing::Span::current);
        let within = record_context::scope(&mut second, || {
            of_first.in_scope(|| tracing::info_span!("within"))
        });
        within.in_scope(|| tracing::info!("later"));
    });
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();

    assert_eq!(line["messageId"], "m1");
}

#[test]
fn a_records_span_is_closed_where_it_was_made() {
    let event = bytes::Bytes::from_static(br#"{"Records":[{"messageId":"m1"}]}"#);
    let event = crate::event::Event::read(event).unwrap();
    let current = record_context::Current::new(event, 0, 1);
    let mut record = Some(record_context::Polled::new(current));
    logged(&[JSON], || {
        drop(record_context::scope(&mut record, tracing::Span::current));
        tracing::subscriber::with_default(tracing_subscriber::registry(), || record = None);
    });
    assert!(record.is_none());
}

#[test]
fn bytes_are_numbers() {
    let lines = logged(&[JSON], || tracing::info!(data = &b"ab"[..], "hi"));
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();

    assert_eq!(line["data"], serde_json::json!([97, 98]));
}

#[test]
fn text_is_one_line() {
    let lines = logged(&[], || {
        tracing::warn!(id = 7, "two\nlines");
    });

    assert_eq!(lines, "WARN two\\nlines id=7\n");
}

#[test]
fn an_invocation_is_known_at_every_level() {
    for filter in [
        ("AWS_LAMBDA_LOG_LEVEL", "WARN"),
        ("AWS_LAMBDA_LOG_LEVEL", "FATAL"),
        ("RUST_LOG", "redrive=warn"),
    ] {
        let lines = logged(&[JSON, filter], || {
            let invocation = invocation_span("r1", None);
            invocation.in_scope(|| {
                tracing::info!("held back");
                tracing::info_span!(target: "orders", "mine", sku = 1)
                    .in_scope(|| tracing::error!("e"));
            });
        });
        let line: serde_json::Value = serde_json::from_str(&lines).unwrap();

        assert_eq!(line["message"], "e");
        assert_eq!(line["requestId"], "r1", "{filter:?}");
        assert_eq!(line.get("sku"), None);
    }
}

#[test]
fn the_users_names_do_not_take_ours() {
    let lines = logged(&[JSON], || {
        let span = tracing::info_span!(target: "orders", "mine", target = 1, messageId = "m2");
        span.in_scope(|| tracing::info!(target: "orders", level = 3, timestamp = 4, "hi"));
    });
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();

    for key in ["level", "timestamp", "target", "message"] {
        assert_eq!(lines.matches(&format!("\"{key}\":")).count(), 1, "{lines}");
    }
    assert_eq!(line["level_"], 3);
    assert_eq!(line["timestamp_"], 4);
    assert_eq!(line["target_"], 1);
    // Of no record, so that there is no id to hide.
    assert_eq!(line["messageId"], "m2");
}

#[test]
fn a_field_of_a_span_has_the_value_it_was_given_last() {
    let lines = logged(&[JSON], || {
        let span = tracing::info_span!(
            target: "orders", "mine", sku = tracing::field::Empty, weight = 1, kept = true
        );
        span.record("sku", "lamp");
        span.record("weight", 2.5);
        span.in_scope(|| tracing::info!(price = f64::NAN, cost = 0.1, "hi"));
    });
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();

    assert_eq!(line["sku"], "lamp");
    assert_eq!(line["weight"], 2.5);
    assert_eq!(line["kept"], true);
    assert_eq!(line["price"], serde_json::Value::Null);
    assert_eq!(line["cost"], 0.1);
    assert_eq!(lines.matches("\"weight\"").count(), 1);
}

#[test]
fn an_event_may_name_two_fields_alike() {
    let lines = logged(&[JSON], || {
        tracing::info!(target: "orders", level = 1, level_ = 2, "hi");
    });
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();

    assert_eq!(line["level"], "INFO");
    assert_eq!(line["level_"], 1);
    assert_eq!(line["level__"], 2);
}

#[test]
fn the_format_is_text_unless_lambda_says_json() {
    for (value, is_json) in [
        (None, false),
        (Some("Text"), false),
        (Some("other"), false),
        (Some("json"), true),
        (Some("JSON"), true),
    ] {
        let env = |name: &str| {
            let asked = name == "AWS_LAMBDA_LOG_FORMAT";
            value.filter(|_| asked).map(str::to_owned)
        };
        assert_eq!(
            LogFormat::from_lookup(env) == LogFormat::Json,
            is_json,
            "{value:?}"
        );
    }
}

#[test]
fn text_keeps_the_messages_own_quotes() {
    let lines = logged(&[], || tracing::warn!("it is {:?}", "here"));

    assert_eq!(lines, "WARN it is \\\"here\\\"\n");
}

#[test]
fn levels_are_lambdas_or_else_rust_log() {
    let all = || {
        tracing::error!("e");
        tracing::warn!("w");
        tracing::info!("i");
        tracing::debug!("d");
    };
    for (env, expected) in [
        (&[][..], "ERROR e\nWARN w\nINFO i\n"),
        (&[("AWS_LAMBDA_LOG_LEVEL", "FATAL")], "ERROR e\n"),
        (&[("AWS_LAMBDA_LOG_LEVEL", "warn")], "ERROR e\nWARN w\n"),
        (
            &[("RUST_LOG", "error,redrive=debug")],
            "ERROR e\nWARN w\nINFO i\nDEBUG d\n",
        ),
        (
            &[("AWS_LAMBDA_LOG_LEVEL", "ERROR"), ("RUST_LOG", "debug")],
            "ERROR e\n",
        ),
        (
            &[("AWS_LAMBDA_LOG_LEVEL", ""), ("RUST_LOG", "warn")],
            "ERROR e\nWARN w\n",
        ),
        // No level of Lambda's, though one of `tracing`'s.
        (
            &[("AWS_LAMBDA_LOG_LEVEL", "off")],
            "ERROR e\nWARN w\nINFO i\n",
        ),
        (&[("RUST_LOG", "")], "ERROR e\nWARN w\nINFO i\n"),
        (&[("RUST_LOG", "redrive=loud")], "ERROR e\nWARN w\nINFO i\n"),
    ] {
        assert_eq!(logged(env, all), expected, "{env:?}");
    }
}
