//! The subscriber: one line for each event, in the format Lambda asks for.
//!
//! `tracing-subscriber` keeps the spans. Its own formats are not used: their
//! JSON nests what CloudWatch Logs Insights and Lambda's level filter want on
//! top, and cannot add the current record.

use std::{borrow::Cow, fmt, fmt::Write as _, io::Write as _};

use tracing::{
    Dispatch, Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer, Registry,
    fmt::{
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    layer::{Context, SubscriberExt},
    registry::{LookupSpan, Scope},
};

use redrive_model::log::field;

use super::levels::{Levels, is_ours};
use crate::log::record_context::{self, Current};

/// The subscriber that the environment asks for, by
/// [Lambda's variables](https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html).
pub(super) fn dispatch(env: impl Fn(&str) -> Option<String>) -> Dispatch {
    dispatch_to(env, |line| {
        // There is nowhere to say that the log cannot be written.
        _ = std::io::stdout().lock().write_all(line.as_bytes());
    })
}

fn dispatch_to(
    env: impl Fn(&str) -> Option<String>,
    write: impl Fn(&str) + Send + Sync + 'static,
) -> Dispatch {
    let format = Format::of(&env);
    Dispatch::new(
        Registry::default()
            .with(Levels::of(env))
            .with(Lines { format, write }),
    )
}

/// A line past the subscriber and its levels: for what ends the process, and
/// for panics. `spans`: whether those of the process are [`Lines`]'s own.
pub(super) fn direct(
    format: Format,
    level: &str,
    event: &str,
    message: &str,
    spans: bool,
) -> String {
    let mut line = Line::start(format, level, true);
    line.field("message".into(), &quoted(message));
    line.field(field::EVENT.into(), &quoted(event));
    line.field(field::TARGET.into(), &quoted(super::TARGET));
    line.record(record_context::get().as_ref());
    if spans {
        tracing::dispatcher::get_default(|dispatch| {
            let span = dispatch.current_span().id().and_then(|id| {
                let registry: &Registry = dispatch.downcast_ref()?;
                registry.span(id)
            });
            line.spans(span.map(|span| span.scope()));
        });
    }
    line.finish();
    line.text
}

/// Now, in RFC 3339.
pub(super) fn timestamp() -> String {
    let mut text = String::new();
    // The time is given even where the clock cannot be formatted.
    _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Text,
    Json,
}

impl Format {
    pub(super) fn of(env: impl Fn(&str) -> Option<String>) -> Self {
        match env("AWS_LAMBDA_LOG_FORMAT") {
            Some(format) if format.eq_ignore_ascii_case("json") => Self::Json,
            _ => Self::Text,
        }
    }
}

struct Lines<W> {
    format: Format,
    write: W,
}

/// A span's fields, each name once.
struct SpanFields {
    ours: bool,
    fields: Vec<(&'static str, String)>,
}

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    W: Fn(&str) + Send + Sync + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let metadata = span.metadata();
        if metadata.name() == super::RECORD && metadata.target() == super::TARGET {
            // A task of the function's own may keep the span for long.
            if let Some(record) = record_context::get() {
                span.extensions_mut().insert(record.detached());
            }
            return;
        }
        let mut fields = SpanFields::of(metadata);
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        // Before the lock is taken: a value's own `Debug` may panic, and what is
        // said of that needs these fields.
        let mut more = SpanFields::of(span.metadata());
        values.record(&mut more);
        if let Some(SpanFields { fields, .. }) = span.extensions_mut().get_mut() {
            // What was recorded last is what holds.
            fields.retain(|(name, _)| more.fields.iter().all(|(again, _)| again != name));
            fields.extend(more.fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let mut line = Line::start(
            self.format,
            metadata.level().as_str(),
            is_ours(metadata.target()),
        );
        event.record(&mut line);
        if self.format == Format::Json {
            line.field("target".into(), &quoted(metadata.target()));
        }
        line.record(record_context::get().as_ref());
        line.spans(context.event_scope(event));
        (self.write)(line.finish());
    }
}

/// A field's name on a line: the user's get a `_` where the line itself says
/// something under that name.
fn key(ours: bool, name: &'static str) -> Cow<'static, str> {
    let taken = match name {
        "timestamp" | "level" | "target" | "requestId" | "xrayTraceId" => true,
        "messageId" | "receiveCount" | "messageGroupId" | "attempt" => record_context::is_some(),
        _ => false,
    };
    match taken && !ours {
        true => format!("{name}_").into(),
        false => name.into(),
    }
}

struct Line {
    format: Format,
    /// Whether the engine wrote the event.
    ours: bool,
    text: String,
    keys: Vec<Cow<'static, str>>,
}

impl Line {
    fn start(format: Format, level: &str, ours: bool) -> Self {
        let mut line = Self {
            format,
            ours,
            text: String::with_capacity(256),
            keys: Vec::with_capacity(16),
        };
        match format {
            Format::Text => line.text.push_str(level),
            Format::Json => {
                // Writing to a string cannot fail.
                _ = write!(
                    line.text,
                    "{{\"timestamp\":\"{}\",\"level\":\"{level}\"",
                    timestamp()
                );
                line.keys.extend(["timestamp".into(), "level".into()]);
            }
        }
        line
    }

    fn field(&mut self, key: Cow<'static, str>, json: &str) {
        // Writing to a string cannot fail.
        _ = match self.format {
            Format::Text if key == "message" => write!(self.text, " {}", unquoted(json)),
            Format::Text => write!(self.text, " {key}={json}"),
            Format::Json => write!(self.text, ",{}:{json}", quoted(&key)),
        };
        self.keys.push(key);
    }

    /// A field of the record or of a span; what is nearer to the event wins.
    fn context(&mut self, key: Cow<'static, str>, json: &str) {
        if !self.keys.contains(&key) {
            self.field(key, json);
        }
    }

    fn record(&mut self, record: Option<&Current>) {
        if let Some(record) = record {
            record.for_each_field(|name, json| self.context(name.into(), json));
        }
    }

    fn spans<'s, S: LookupSpan<'s>>(&mut self, scope: Option<Scope<'s, S>>) {
        for span in scope.into_iter().flatten() {
            let extensions = span.extensions();
            self.record(extensions.get());
            if let Some(SpanFields { ours, fields }) = extensions.get() {
                for (name, json) in fields {
                    self.context(key(*ours, name), json);
                }
            }
        }
    }

    fn finish(&mut self) -> &str {
        self.text.push_str(match self.format {
            Format::Text => "\n",
            Format::Json => "}\n",
        });
        &self.text
    }
}

/// Takes fields as JSON.
trait Fields {
    fn add(&mut self, field: &Field, json: String);
}

impl Fields for Line {
    fn add(&mut self, field: &Field, json: String) {
        let mut key = key(self.ours, field.name());
        // An event may name two fields alike.
        while self.keys.contains(&key) {
            key.to_mut().push('_');
        }
        self.field(key, &json);
    }
}

impl SpanFields {
    fn of(metadata: &Metadata<'_>) -> Self {
        Self {
            ours: is_ours(metadata.target()),
            fields: Vec::new(),
        }
    }
}

impl Fields for SpanFields {
    fn add(&mut self, field: &Field, json: String) {
        self.fields.push((field.name(), json));
    }
}

/// For each of them alike: a blanket implementation would overlap with
/// `tracing`'s own.
macro_rules! visit {
    ($($fields:ty),*) => {$(
        impl Visit for $fields {
            fn record_f64(&mut self, field: &Field, value: f64) {
                self.add(field, if value.is_finite() { value.to_string() } else { "null".into() });
            }

            fn record_i64(&mut self, field: &Field, value: i64) {
                self.add(field, value.to_string());
            }

            fn record_u64(&mut self, field: &Field, value: u64) {
                self.add(field, value.to_string());
            }

            fn record_bool(&mut self, field: &Field, value: bool) {
                self.add(field, value.to_string());
            }

            fn record_str(&mut self, field: &Field, value: &str) {
                self.add(field, quoted(value));
            }

            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                self.add(field, quoted(&format!("{value:?}")));
            }
        }
    )*};
}

visit!(Line, SpanFields);

fn quoted(text: &str) -> String {
    // A text is always JSON.
    serde_json::to_string(text).unwrap_or_default()
}

/// The message of a text line; escapes stay, so that it is one line.
fn unquoted(json: &str) -> &str {
    let inner = json.strip_prefix('"');
    inner
        .and_then(|json| json.strip_suffix('"'))
        .unwrap_or(json)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    fn logged(env: &[(&str, &str)], log: impl FnOnce()) -> String {
        let lines = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&lines);
        let dispatch = dispatch_to(
            |name| {
                env.iter()
                    .find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            },
            move |line| sink.lock().unwrap().push_str(line),
        );
        tracing::dispatcher::with_default(&dispatch, log);
        lines.lock().unwrap().clone()
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
        let mut record = Some(record_context::Current::new(parsed, 0, 2));
        let text = logged(&[], || {
            record_context::scope(&mut record, || tracing::info!("not messageId=7"));
        });
        assert!(text.contains(" messageId=\"m\\u0031\""), "{text}");
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
        let mut record = Some(record_context::Current::new(parsed, 0, 2));
        let lines = logged(&[JSON], || {
            let span = record_context::scope(
                &mut record,
                || tracing::error_span!(target: "redrive", "record"),
            );
            record = None;
            assert!(event.is_unique());
            span.in_scope(|| tracing::info!("later"));
        });
        let line: serde_json::Value = serde_json::from_str(&lines).unwrap();

        assert_eq!(line["messageId"], "m1");
        assert_eq!(line["messageGroupId"], "g");
        assert_eq!(line["attempt"], 2);
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
                let invocation =
                    tracing::info_span!(target: "redrive", "invocation", requestId = "r1");
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
            assert_eq!(Format::of(env) == Format::Json, is_json, "{value:?}");
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
}
