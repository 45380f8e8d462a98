//! The subscriber that makes a record's span when the function asks for one.

use std::{ptr, sync::OnceLock};

use tracing::{
    Dispatch, Event, Level, Metadata, Subscriber,
    callsite::{DefaultCallsite, Identifier},
    dispatcher::WeakDispatch,
    field::FieldSet,
    level_filters::LevelFilter,
    metadata::Kind,
    span,
    subscriber::Interest,
};
use tracing_core::span::Current;
use tracing_subscriber::{Registry, registry::LookupSpan as _};

use super::{
    record_context,
    spans::{self, SPANS, is_ours},
};

static CALLSITE: DefaultCallsite = DefaultCallsite::new(&RECORD);

/// The span of a record. It has no fields: the log asks which record it is of.
static RECORD: Metadata<'static> = Metadata::new(
    spans::RECORD,
    SPANS,
    Level::ERROR,
    None,
    None,
    None,
    FieldSet::new(&[], Identifier(&CALLSITE)),
    Kind::SPAN,
);

/// Passes everything on, and gives a record a span as soon as the function opens one, or
/// asks for the current one.
///
/// To make the span for each record would be a third of what a record costs after it was
/// read.
pub(super) struct RecordSpans {
    inner: Box<dyn Subscriber + Send + Sync>,
    /// Of this subscriber.
    dispatch: OnceLock<WeakDispatch>,
}

impl RecordSpans {
    pub(super) fn new(inner: impl Subscriber + Send + Sync) -> Self {
        Self {
            inner: Box::new(inner),
            dispatch: OnceLock::new(),
        }
    }

    /// The span of the record that is being polled, unless the function has entered
    /// another one.
    fn innermost(&self) -> Option<span::Id> {
        let current = self.inner.current_span();
        // Only the function enters a record's span, perhaps that of another record.
        let is_the_functions = |metadata| !is_ours(metadata) || ptr::eq(metadata, &RECORD);
        if current.metadata().is_some_and(is_the_functions) {
            return None;
        }
        let dispatch = self.dispatch.get()?.clone();
        record_context::span(|record| {
            let values = RECORD.fields().value_set(&[]);
            let id = self
                .inner
                .new_span(&span::Attributes::new(&RECORD, &values));
            let registry: Option<&Registry> = self.inner.downcast_ref();
            if let Some(span) = registry.and_then(|registry| registry.span(&id)) {
                span.extensions_mut().insert(record);
            }
            (id, dispatch)
        })
    }
}

/// The registry of a subscriber: of redrive's own, or of another that has one.
pub(super) fn registry(dispatch: &Dispatch) -> Option<&Registry> {
    match dispatch.downcast_ref::<RecordSpans>() {
        Some(own) => own.inner.downcast_ref(),
        None => dispatch.downcast_ref(),
    }
}

impl Subscriber for RecordSpans {
    fn new_span(&self, attributes: &span::Attributes<'_>) -> span::Id {
        let record = match attributes.is_contextual() {
            true => self.innermost(),
            false => None,
        };
        match record {
            Some(record) => {
                let (metadata, values) = (attributes.metadata(), attributes.values());
                let within = span::Attributes::child_of(record, metadata, values);
                self.inner.new_span(&within)
            }
            None => self.inner.new_span(attributes),
        }
    }

    fn current_span(&self) -> Current {
        match self.innermost() {
            Some(record) => Current::new(record, &RECORD),
            None => self.inner.current_span(),
        }
    }

    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        _ = self.dispatch.set(dispatch.downgrade());
        self.inner.on_register_dispatch(dispatch);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.inner.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.inner.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.inner.max_level_hint()
    }

    fn record(&self, id: &span::Id, values: &span::Record<'_>) {
        self.inner.record(id, values);
    }

    fn record_follows_from(&self, id: &span::Id, follows: &span::Id) {
        self.inner.record_follows_from(id, follows);
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.inner.event_enabled(event)
    }

    fn event(&self, event: &Event<'_>) {
        self.inner.event(event);
    }

    fn enter(&self, id: &span::Id) {
        self.inner.enter(id);
    }

    fn exit(&self, id: &span::Id) {
        self.inner.exit(id);
    }

    fn clone_span(&self, id: &span::Id) -> span::Id {
        self.inner.clone_span(id)
    }

    fn try_close(&self, id: span::Id) -> bool {
        self.inner.try_close(id)
    }
}
