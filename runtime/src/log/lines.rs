//! The subscriber: one line for each event, in the format Lambda asks for.
//!
//! `tracing-subscriber` keeps the spans. Its own formats are not used: their
//! JSON nests what CloudWatch Logs Insights and Lambda's level filter want on
//! top, and cannot add the current record.

use std::{fmt, fmt::Write as _, io::Write as _, str::FromStr};

use tracing::{
    Dispatch, Event, Subscriber,
    field::{Field, Visit},
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer, Registry,
    filter::Targets,
    fmt::{
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

use crate::current;

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
    let json =
        env("AWS_LAMBDA_LOG_FORMAT").is_some_and(|format| format.eq_ignore_ascii_case("json"));
    let format = if json { Format::Json } else { Format::Text };
    Dispatch::new(
        Registry::default()
            .with(filter(env))
            .with(Lines { format, write }),
    )
}

/// `AWS_LAMBDA_LOG_LEVEL`, or else the directives in `RUST_LOG`, or else `INFO`.
fn filter(env: impl Fn(&str) -> Option<String>) -> Targets {
    let everything = |level| Targets::new().with_default(level);
    if let Some(level) = env("AWS_LAMBDA_LOG_LEVEL") {
        if level.eq_ignore_ascii_case("fatal") {
            return everything(LevelFilter::ERROR);
        }
        return everything(LevelFilter::from_str(&level).unwrap_or(LevelFilter::INFO));
    }
    env("RUST_LOG")
        .and_then(|directives| directives.parse().ok())
        .unwrap_or_else(|| everything(LevelFilter::INFO))
}

#[derive(Clone, Copy)]
enum Format {
    Text,
    Json,
}

struct Lines<W> {
    format: Format,
    write: W,
}

/// A span's fields, in the order they were recorded.
#[derive(Default)]
struct SpanFields(Vec<(&'static str, String)>);

impl<S, W> Layer<S> for Lines<W>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    W: Fn(&str) + Send + Sync + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = SpanFields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<SpanFields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Line::new(self.format, event);
        current::for_each_field(|name, json| line.context(name, json));
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(SpanFields(fields)) = span.extensions().get::<SpanFields>() {
                for (name, json) in fields {
                    line.context(name, json);
                }
            }
        }
        (self.write)(line.finish());
    }
}

struct Line {
    format: Format,
    text: String,
}

impl Line {
    fn new(format: Format, event: &Event<'_>) -> Self {
        let mut line = Self {
            format,
            text: String::with_capacity(256),
        };
        let level = event.metadata().level();
        match format {
            Format::Text => line.text.push_str(level.as_str()),
            Format::Json => {
                line.text.push_str("{\"timestamp\":\"");
                // The time is given even where the clock cannot be formatted.
                _ = SystemTime.format_time(&mut Writer::new(&mut line.text));
                line.text.push('"');
                line.field("level", &format!("\"{level}\""));
            }
        }
        event.record(&mut line);
        if matches!(format, Format::Json) {
            line.field("target", &quoted(event.metadata().target()));
        }
        line
    }

    fn field(&mut self, name: &str, json: &str) {
        // Writing to a string cannot fail.
        _ = match self.format {
            Format::Text if name == "message" => write!(self.text, " {}", unquoted(json)),
            Format::Text => write!(self.text, " {name}={json}"),
            Format::Json => write!(self.text, ",\"{name}\":{json}"),
        };
    }

    /// A field of the record or of a span; what is nearer to the event wins.
    fn context(&mut self, name: &str, json: &str) {
        let key = match self.format {
            Format::Text => format!(" {name}="),
            // No string within JSON holds unescaped quotes.
            Format::Json => format!("\"{name}\":"),
        };
        if !self.text.contains(&key) {
            self.field(name, json);
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
        self.field(field.name(), &json);
    }
}

impl Fields for SpanFields {
    fn add(&mut self, field: &Field, json: String) {
        self.0.push((field.name(), json));
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
    json.trim_matches('"')
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
        let parsed = crate::event::Event::parse(&event).unwrap();
        let mut record = Some(current::Current::new(&event, &parsed.records[0], 2));
        let lines = logged(&[JSON], || {
            current::scope(&mut record, || tracing::info!(attempt = "my own", "within"));
            tracing::info!("outside");
        });
        let lines: Vec<serde_json::Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();

        assert_eq!(lines[0]["messageId"], "m1");
        assert_eq!(lines[0]["receiveCount"], 3);
        assert_eq!(lines[0]["messageGroupId"], "g");
        assert_eq!(lines[0]["attempt"], "my own");
        assert_eq!(lines[1].get("messageId"), None);
    }

    #[test]
    fn text_is_one_line() {
        let lines = logged(&[], || {
            tracing::warn!(id = 7, "two\nlines");
        });

        assert_eq!(lines, "WARN two\\nlines id=7\n");
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
        ] {
            assert_eq!(logged(env, all), expected, "{env:?}");
        }
    }
}
