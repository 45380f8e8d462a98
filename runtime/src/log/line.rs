//! A line of the log.

use std::fmt;

use redrive_model::log::{TARGET, field};
use serde_json::{Map, Value};
use tracing::{Event, Metadata, Subscriber, dispatcher, span};
use tracing_log::NormalizeEvent as _;
use tracing_subscriber::{
    Layer, Registry,
    field::RecordFields,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{JsonFields, Writer},
        time::{FormatTime, SystemTime},
    },
    layer,
    registry::{LookupSpan, Scope},
};

use super::{
    record_context::{self, Current},
    spans::{RECORD, SPANS},
};

/// The format of a log line, for a subscriber of your own.
///
/// The fields of the record (`messageId`, `receiveCount`, `messageGroupId`,
/// `attempt`) and of the invocation (`requestId`, `xrayTraceId`) are at the top
/// level of the line. If one of your fields collides with a field of the log line,
/// `_` is appended to its name. If several spans define a field, the innermost wins.
///
/// ```
/// use tracing_subscriber::fmt::format::JsonFields;
///
/// tracing_subscriber::fmt()
///     .fmt_fields(JsonFields::new())
///     .event_format(redrive::LogFormat::from_env())
///     .init();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// The level, the message, and each field as `name=value`.
    Text,
    /// An object with `timestamp`, `level`, `target`, `message` and the fields.
    Json,
}

impl LogFormat {
    /// The format that the function's log settings ask for, in the environment
    /// variable `AWS_LAMBDA_LOG_FORMAT`.
    pub fn from_env() -> Self {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    pub(super) fn from_lookup(env: impl Fn(&str) -> Option<String>) -> Self {
        match env("AWS_LAMBDA_LOG_FORMAT") {
            Some(format) if format.eq_ignore_ascii_case("json") => Self::Json,
            _ => Self::Text,
        }
    }
}

impl<S> FormatEvent<S, JsonFields> for LogFormat
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        // A line of the `log` crate has its target and level in fields.
        let normalized = event.normalized_metadata();
        let metadata = normalized.as_ref().unwrap_or_else(|| event.metadata());
        let mut fields = json_fields(event);
        if normalized.is_some() {
            fields.retain(|name, _| !name.starts_with("log."));
        }
        let mut line = Line::new(metadata.level().as_str(), metadata.target());
        if is_ours(metadata) {
            line.own(std::mem::take(&mut fields));
        }
        line.context(context.event_scope());
        line.foreign(fields);
        for span in context.event_scope().into_iter().flatten() {
            let extensions = span.extensions();
            if let Some(record) = extensions.get::<Current>() {
                record.for_each_field(|name, value| line.nearest(name.to_owned(), value));
            } else if !is_ours(span.metadata()) {
                line.span(span_fields(&extensions));
            }
        }
        line.write(*self, &mut writer)
    }
}

/// A line that does not pass through the subscriber, which may filter it or keep it
/// until later: about what ends the process, and about panics.
pub(super) fn direct(format: LogFormat, level: &str, event: &str, message: &str) -> String {
    let mut line = Line::new(level, TARGET);
    line.push(field::MESSAGE, message.into());
    line.push(field::EVENT, event.into());
    dispatcher::get_default(|dispatch| {
        let registry: Option<&Registry> = dispatch.downcast_ref();
        let id = dispatch.current_span().id().cloned();
        let span = id.and_then(|id| registry?.span(&id));
        line.context(span.map(|span| span.scope()));
    });
    let mut text = String::new();
    // Writing to a string cannot fail.
    _ = line.write(format, &mut Writer::new(&mut text));
    text
}

/// Now, in RFC 3339.
pub(super) fn timestamp() -> String {
    let mut text = String::new();
    // The time is written even if the clock cannot be formatted.
    _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

/// Keeps in each record's span which record it is of: a task of the function's own
/// may keep the span for longer than the record is polled.
///
/// It wraps the layer that writes the lines, whose own preparations for a span would
/// be half of what the span of a record costs.
pub(super) struct KeepRecord<L>(pub(super) L);

impl<S, L> Layer<S> for KeepRecord<L>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    L: Layer<S>,
{
    fn on_new_span(
        &self,
        attributes: &span::Attributes<'_>,
        id: &span::Id,
        context: layer::Context<'_, S>,
    ) {
        let metadata = attributes.metadata();
        if metadata.name() != RECORD || metadata.target() != SPANS {
            self.0.on_new_span(attributes, id, context);
        } else if let Some(record) = record_context::get()
            && let Some(span) = context.span(id)
        {
            span.extensions_mut().insert(record);
        }
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: layer::Context<'_, S>) {
        self.0.on_record(id, values, context);
    }

    fn on_event(&self, event: &Event<'_>, context: layer::Context<'_, S>) {
        self.0.on_event(event, context);
    }
}

/// Whether redrive itself has written the event or made the span.
fn is_ours(metadata: &Metadata<'_>) -> bool {
    metadata.target().split("::").next() == Some(TARGET)
}

fn json_fields(fields: impl RecordFields) -> Map<String, Value> {
    let mut json = String::new();
    // Writing to a string cannot fail.
    _ = JsonFields::new().format_fields(Writer::new(&mut json), fields);
    serde_json::from_str(&json).unwrap_or_default()
}

fn span_fields(extensions: &tracing_subscriber::registry::Extensions<'_>) -> Map<String, Value> {
    let fields = extensions.get::<FormattedFields<JsonFields>>();
    fields.map_or_else(Map::new, |json| {
        serde_json::from_str(&json.fields).unwrap_or_default()
    })
}

/// The fields of a line, each name once.
struct Line {
    fields: Vec<(String, Value)>,
    /// How many of them, from the start, are the line's own: no field of the user's
    /// takes their names.
    own: usize,
}

impl Line {
    fn new(level: &str, target: &str) -> Self {
        let mut line = Self {
            fields: Vec::with_capacity(16),
            own: 0,
        };
        line.push(field::TIMESTAMP, timestamp().into());
        line.push(field::LEVEL, level.into());
        line.push(field::TARGET, target.into());
        line
    }

    /// Adds a field of the line's own, unless there is one already.
    fn push(&mut self, name: &str, value: Value) {
        if !self.has(name) {
            self.fields.push((name.to_owned(), value));
        }
        self.own = self.fields.len();
    }

    fn own(&mut self, fields: Map<String, Value>) {
        for (name, value) in fields {
            self.push(&name, value);
        }
    }

    /// Adds the fields of the record that is being processed and of the invocation.
    fn context<'s, S: LookupSpan<'s>>(&mut self, scope: Option<Scope<'s, S>>) {
        if let Some(record) = record_context::get() {
            record.for_each_field(|name, value| self.push(name, value));
        }
        for span in scope.into_iter().flatten() {
            // Only of redrive's own spans. A panic while a field of another is
            // recorded leaves that one locked.
            if is_ours(span.metadata()) {
                let mut fields = span_fields(&span.extensions());
                // Those of OpenTelemetry, such as `messaging.system`, are for spans.
                fields.retain(|name, _| !name.contains('.'));
                self.own(fields);
            }
        }
    }

    /// Adds the fields of a user's event.
    fn foreign(&mut self, fields: Map<String, Value>) {
        for (mut name, value) in fields {
            while self.has(&name) {
                name.push('_');
            }
            self.fields.push((name, value));
        }
    }

    /// Adds the fields of a user's span; what is nearer to the event wins.
    fn span(&mut self, fields: Map<String, Value>) {
        for (mut name, value) in fields {
            if self.fields[..self.own].iter().any(|(own, _)| *own == name) {
                name.push('_');
            }
            self.nearest(name, value);
        }
    }

    fn nearest(&mut self, name: String, value: Value) {
        if !self.has(&name) {
            self.fields.push((name, value));
        }
    }

    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    fn write(&self, format: LogFormat, writer: &mut Writer<'_>) -> fmt::Result {
        match format {
            LogFormat::Json => {
                for (index, (name, value)) in self.fields.iter().enumerate() {
                    let separator = if index == 0 { '{' } else { ',' };
                    write!(writer, "{separator}{}:{value}", Value::from(name.as_str()))?;
                }
                writer.write_str("}\n")
            }
            LogFormat::Text => {
                let get = |wanted: &str| self.fields.iter().find(|(name, _)| name == wanted);
                let level = get(field::LEVEL).and_then(|(_, level)| level.as_str());
                writer.write_str(level.unwrap_or_default())?;
                if let Some((_, message)) = get(field::MESSAGE) {
                    // Escaped, so that it is one line.
                    let json = message.to_string();
                    let inner = json
                        .strip_prefix('"')
                        .and_then(|json| json.strip_suffix('"'));
                    write!(writer, " {}", inner.unwrap_or(&json))?;
                }
                let omitted = [
                    field::TIMESTAMP,
                    field::LEVEL,
                    field::MESSAGE,
                    field::TARGET,
                ];
                for (name, value) in &self.fields {
                    if !omitted.contains(&name.as_str()) {
                        write!(writer, " {name}={value}")?;
                    }
                }
                writer.write_char('\n')
            }
        }
    }
}
