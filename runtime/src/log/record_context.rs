//! Which record the running code works for.
//!
//! To write a record's fields for each span costs more than the whole rest of the
//! engine, and most records log nothing. So this thread-local says which record
//! is being polled, and the log and the panic hook ask it when they need to. A span
//! of the record exists only if the function asks for the current one or opens another,
//! see [`super::record_spans`].

use std::cell::RefCell;

use redrive_model::log::field;
use serde_json::Value;
use tracing::{dispatcher::WeakDispatch, span};

use crate::{event::Event, message::SystemAttributes};

thread_local! {
    static CURRENT: RefCell<Option<Polled>> = const { RefCell::new(None) };
}

/// A record whose attempt can be polled.
pub(crate) struct Polled {
    current: Current,
    /// Its span in redrive's own subscriber, if something has asked for it.
    span: Option<(span::Id, WeakDispatch)>,
}

impl Polled {
    pub(crate) fn new(current: Current) -> Self {
        Self {
            current,
            span: None,
        }
    }
}

impl Drop for Polled {
    fn drop(&mut self) {
        // A task that the function has spawned may keep it.
        if let Some((id, dispatch)) = self.span.take()
            && let Some(dispatch) = dispatch.upgrade()
        {
            dispatch.try_close(id);
        }
    }
}

/// The record and attempt that are being polled.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    event: Event,
    record: usize,
    attempt: u32,
}

impl Current {
    pub(crate) fn new(event: Event, record: usize, attempt: u32) -> Self {
        Self {
            event,
            record,
            attempt,
        }
    }
}

/// Runs `poll` for the record in `slot`.
pub(crate) fn scope<R>(slot: &mut Option<Polled>, poll: impl FnOnce() -> R) -> R {
    /// Ends the scope, by a panic too: a subscriber's, for one.
    struct Scope<'s> {
        slot: &'s mut Option<Polled>,
        outer: Option<Polled>,
    }

    impl Drop for Scope<'_> {
        fn drop(&mut self) {
            *self.slot = CURRENT.replace(self.outer.take());
        }
    }

    let outer = CURRENT.replace(slot.take());
    let _scope = Scope { slot, outer };
    poll()
}

/// Whether a record is being polled on this thread.
pub(crate) fn is_some() -> bool {
    CURRENT
        .try_with(|current| current.borrow().is_some())
        .unwrap_or(false)
}

/// The record that is being polled on this thread.
pub(crate) fn get() -> Option<Current> {
    // The log may be used while this thread ends, after its thread-locals.
    let get = |polled: &Option<Polled>| polled.as_ref().map(|polled| polled.current.clone());
    CURRENT
        .try_with(|polled| get(&polled.borrow()))
        .ok()
        .flatten()
}

/// The span of the record that is being polled on this thread; made if it has none.
///
/// It may outlive the attempt, so it keeps no more than the record's fields.
pub(super) fn span(make: impl FnOnce(Current) -> (span::Id, WeakDispatch)) -> Option<span::Id> {
    let existing = |polled: &Option<Polled>| Some(polled.as_ref()?.span.as_ref()?.0.clone());
    let found = CURRENT.try_with(|polled| existing(&polled.borrow())).ok()?;
    if found.is_some() {
        return found;
    }
    let (id, dispatch) = make(get()?.detached());
    _ = CURRENT.try_with(|polled| {
        if let Some(polled) = &mut *polled.borrow_mut() {
            polled.span = Some((id.clone(), dispatch));
        }
    });
    Some(id)
}

impl Current {
    /// The same without the rest of the event, for what may outlive the
    /// invocation.
    pub(crate) fn detached(&self) -> Self {
        Self::new(self.event.only_context_of(self.record), 0, self.attempt)
    }

    /// Passes the record's fields to the log.
    pub(crate) fn for_each_field(&self, mut add: impl FnMut(&'static str, Value)) {
        let record = self.event.record(self.record);
        add(field::MESSAGE_ID, record.id().into());
        if let Ok(attributes) = SystemAttributes::read(&record) {
            add(field::RECEIVE_COUNT, attributes.receive_count.into());
            if let Some(group) = attributes.group_id {
                add(field::MESSAGE_GROUP_ID, group.into());
            }
        }
        add(field::ATTEMPT, self.attempt.into());
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use bytes::Bytes;

    use super::*;

    fn event() -> Bytes {
        Bytes::from(
            r#"{"Records":[{"body":"1","messageId":"m1","attributes":{"ApproximateReceiveCount":"3"}},{"messageId":"m2"}]}"#
                .to_owned(),
        )
    }

    fn fields(current: &Current) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        current.for_each_field(|name, value| fields.push((name, value.to_string())));
        fields
    }

    #[test]
    fn a_record_is_current_while_it_is_polled_also_within_another_and_if_that_panics() {
        let event = event();
        let event = Event::read(event).unwrap();
        let slot = |index| Some(Polled::new(Current::new(event.clone(), index, 1)));
        let mut slots = [0, 1].map(slot);
        let [first, second] = &mut slots;
        let id = || get().map(|current| fields(&current)[0].1.clone());

        assert_eq!(id(), None);
        scope(first, || {
            assert_eq!(id().unwrap(), "\"m1\"");
            let panicked = catch_unwind(AssertUnwindSafe(|| {
                scope(second, || {
                    assert_eq!(id().unwrap(), "\"m2\"");
                    std::panic::resume_unwind(Box::new(()));
                });
            }));
            assert!(panicked.is_err());
            assert_eq!(id().unwrap(), "\"m1\"");
        });
        assert!(!is_some());
        assert!(slots.iter().all(Option::is_some));
    }

    #[test]
    fn a_copy_says_the_same_without_the_event() {
        let event = event();
        for (index, expected) in [
            (
                0,
                [
                    ("messageId", "\"m1\""),
                    ("receiveCount", "3"),
                    ("attempt", "2"),
                ],
            ),
            (
                1,
                [
                    ("messageId", "\"m2\""),
                    ("receiveCount", "1"),
                    ("attempt", "2"),
                ],
            ),
        ] {
            let current = Current::new(Event::read(event.clone()).unwrap(), index, 2);
            let copy = current.detached();
            drop(current);

            assert_eq!(
                fields(&copy),
                expected.map(|(name, json)| (name, json.to_owned()))
            );
            assert!(event.is_unique());
        }
    }
}
