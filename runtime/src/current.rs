//! Which record the running code works for.
//!
//! To write a record's fields for each span costs more than the whole rest of the
//! engine, and most records log nothing. So this thread-local says which record
//! is being polled, and the log and the panic hook ask it when they need to.

use std::{cell::RefCell, ops::Range};

use bytes::Bytes;

use crate::{event::Fields, message::SystemAttributes};

thread_local! {
    static CURRENT: RefCell<Option<Current>> = const { RefCell::new(None) };
}

/// The record and attempt that are being polled: pieces of the event, shared
/// with it.
#[derive(Clone, Debug)]
pub(crate) struct Current {
    event: Bytes,
    id: Range<usize>,
    attributes: Option<Range<usize>>,
    attempt: u32,
}

impl Current {
    pub(crate) fn new(event: &Bytes, fields: &Fields<'_>, attempt: u32) -> Self {
        Self {
            event: event.clone(),
            id: range(event, fields.id),
            attributes: fields.attributes.map(|piece| range(event, piece)),
            attempt,
        }
    }
}

/// Runs `poll` for the record in `slot`.
pub(crate) fn scope<R>(slot: &mut Option<Current>, poll: impl FnOnce() -> R) -> R {
    let outer = CURRENT.replace(slot.take());
    let result = poll();
    *slot = CURRENT.replace(outer);
    result
}

/// Whether a record is being polled on this thread.
pub(crate) fn is_some() -> bool {
    CURRENT
        .try_with(|current| current.borrow().is_some())
        .unwrap_or(false)
}

/// Where in the event this piece of it is.
fn range(event: &Bytes, piece: &str) -> Range<usize> {
    let start = piece.as_ptr() as usize - event.as_ptr() as usize;
    start..start + piece.len()
}

/// The record that is being polled on this thread.
pub(crate) fn get() -> Option<Current> {
    // The log may be used while this thread ends, after its thread-locals.
    CURRENT
        .try_with(|current| current.borrow().clone())
        .ok()
        .flatten()
}

impl Current {
    /// Gives the record's fields to the log, as JSON.
    pub(crate) fn for_each_field(&self, mut field: impl FnMut(&'static str, &str)) {
        // A piece of an event that was read as text.
        let json = |range: &Range<usize>| {
            let piece = self.event.get(range.clone()).unwrap_or_default();
            std::str::from_utf8(piece).unwrap_or_default()
        };
        field("messageId", json(&self.id));
        let attributes = self.attributes.as_ref().map_or("{}", json);
        if let Ok(attributes) = SystemAttributes::from_json(attributes) {
            field("receiveCount", &attributes.receive_count.to_string());
            if let Some(group) = attributes.group_id
                && let Ok(group) = serde_json::to_string(&group)
            {
                field("messageGroupId", &group);
            }
        }
        field("attempt", &self.attempt.to_string());
    }
}
