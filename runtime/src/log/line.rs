//! A line of the log.

use std::{borrow::Cow, fmt};

use redrive_model::log::{TARGET, field};
use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber, dispatcher,
    field::{Field, Visit},
    span,
};
use tracing_log::NormalizeEvent as _;
use tracing_subscriber::{
    Layer,
    fmt::{
        FmtContext, FormatEvent, FormattedFields,
        format::{JsonFields, Writer},
        time::{FormatTime, SystemTime},
    },
    layer::Context,
    registry::{Extensions, LookupSpan, Scope},
};

use super::{
    record_context::{self, Current},
    record_spans::registry,
    spans::is_ours,
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
        let mut line = Line::new(*self, metadata.level().as_str(), metadata.target());
        let mut fields = Fields::default();
        event.record(&mut fields);
        if normalized.is_some() {
            fields.0.retain(|(name, _)| !name.starts_with("log."));
        }
        if is_ours(metadata) {
            line.own(std::mem::take(&mut fields.0));
        }
        line.context(context.event_scope());
        line.foreign(fields);
        for span in context.event_scope().into_iter().flatten() {
            let extensions = span.extensions();
            if let Some(record) = extensions.get::<Current>() {
                record.for_each_field(|name, value| line.nearest(name.into(), value));
            } else if !is_ours(span.metadata()) {
                line.span(Fields::of_span(&extensions));
            }
        }
        line.write(&mut writer)
    }
}

/// A line that does not pass through the subscriber, which may filter it or keep it
/// until later: about what ends the process, and about panics.
pub(super) fn direct(format: LogFormat, level: &str, event: &str, message: &str) -> String {
    let mut line = Line::new(format, level, TARGET);
    line.push(field::MESSAGE.into(), message.into());
    line.push(field::EVENT.into(), event.into());
    dispatcher::get_default(|dispatch| {
        let registry = registry(dispatch);
        let span = registry.and_then(|registry| registry.span(registry.current_span().id()?));
        line.context(span.map(|span| span.scope()));
    });
    let mut text = String::new();
    // Writing to a string cannot fail.
    _ = line.write(&mut Writer::new(&mut text));
    text
}

/// Now, in RFC 3339.
pub(super) fn timestamp() -> String {
    let mut text = String::new();
    // The time is written even if the clock cannot be formatted.
    _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

/// Keeps the fields of spans as values, where the layer that writes the lines would
/// write each span's as JSON, which is read again for each line.
pub(super) struct KeepFields<L>(pub(super) L);

impl<S, L> Layer<S> for KeepFields<L>
where
    S: Subscriber + for<'lookup> LookupSpan<'lookup>,
    L: Layer<S>,
{
    fn on_new_span(&self, new: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            new.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        self.0.on_event(event, context);
    }
}

/// The fields of an event or a span.
#[derive(Default)]
struct Fields(Vec<(Name, Value)>);

impl Fields {
    /// Those of a span, as redrive's own subscriber or as another one keeps them.
    fn of_span(extensions: &Extensions<'_>) -> Self {
        if let Some(Self(fields)) = extensions.get() {
            return Self(fields.clone());
        }
        let fields = extensions.get::<FormattedFields<JsonFields>>();
        let fields: Map<String, Value> = fields
            .and_then(|json| serde_json::from_str(&json.fields).ok())
            .unwrap_or_default();
        let fields = fields.into_iter().map(|(name, value)| (name.into(), value));
        Self(fields.collect())
    }

    fn set(&mut self, field: &Field, value: impl Into<Value>) {
        let name = field.name();
        let name = name.strip_prefix("r#").unwrap_or(name);
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value.into(),
            None => self.0.push((name.into(), value.into())),
        }
    }
}

impl Visit for Fields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, value);
    }

    fn record_bytes(&mut self, field: &Field, value: &[u8]) {
        self.set(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}"));
    }
}

/// The name of a field: of the code, or read from the fields of a span.
type Name = Cow<'static, str>;

/// The fields of a line, each name once.
struct Line {
    format: LogFormat,
    fields: Vec<(Name, Value)>,
    /// How many of them, from the start, are the line's own: no field of the user's
    /// takes their names.
    own: usize,
}

impl Line {
    fn new(format: LogFormat, level: &str, target: &str) -> Self {
        let mut line = Self {
            format,
            fields: Vec::with_capacity(16),
            own: 0,
        };
        // A line of text has none, but the name is not the user's either.
        let timestamp = (format == LogFormat::Json).then(timestamp);
        line.push(field::TIMESTAMP.into(), timestamp.into());
        line.push(field::LEVEL.into(), level.into());
        line.push(field::TARGET.into(), target.into());
        line
    }

    /// Adds a field of the line's own, unless there is one already.
    fn push(&mut self, name: Name, value: Value) {
        if !self.has(&name) {
            self.fields.push((name, value));
        }
        self.own = self.fields.len();
    }

    fn own(&mut self, fields: impl IntoIterator<Item = (Name, Value)>) {
        for (name, value) in fields {
            self.push(name, value);
        }
    }

    /// Adds the fields of the record that is being processed and of the invocation.
    fn context<'s, S: LookupSpan<'s>>(&mut self, scope: Option<Scope<'s, S>>) {
        if let Some(record) = record_context::get() {
            record.for_each_field(|name, value| self.push(name.into(), value));
        }
        for span in scope.into_iter().flatten() {
            // Only of redrive's own spans. A panic while a field of another is
            // recorded leaves that one locked.
            if is_ours(span.metadata()) {
                // Those of OpenTelemetry, such as `messaging.system`, are for spans.
                let fields = Fields::of_span(&span.extensions()).0.into_iter();
                self.own(fields.filter(|(name, _)| !name.contains('.')));
            }
        }
    }

    /// Adds the fields of a user's event.
    fn foreign(&mut self, fields: Fields) {
        for (mut name, value) in fields.0 {
            while self.has(&name) {
                name.to_mut().push('_');
            }
            self.fields.push((name, value));
        }
    }

    /// Adds the fields of a user's span; what is nearer to the event wins.
    fn span(&mut self, fields: Fields) {
        for (mut name, value) in fields.0 {
            if self.fields[..self.own].iter().any(|(own, _)| *own == name) {
                name.to_mut().push('_');
            }
            self.nearest(name, value);
        }
    }

    fn nearest(&mut self, name: Name, value: Value) {
        if !self.has(&name) {
            self.fields.push((name, value));
        }
    }

    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(known, _)| known == name)
    }

    fn write(&self, writer: &mut Writer<'_>) -> fmt::Result {
        match self.format {
            LogFormat::Json => {
                for (index, (name, value)) in self.fields.iter().enumerate() {
                    let separator = if index == 0 { '{' } else { ',' };
                    write!(writer, "{separator}{}:{value}", Value::from(&**name))?;
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
                    if !omitted.contains(&&**name) {
                        write!(writer, " {name}={value}")?;
                    }
                }
                writer.write_char('\n')
            }
        }
    }
}
