//! What holds for any bytes that come as an invocation's event.
//!
//! The fuzz target `event` includes this file, so it names nothing but the
//! public interface, and that by way of `super`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Mutex,
    time::Duration,
};

use serde_json::value::RawValue;

use super::{
    Batch, BoxError, EventBridge, FromMessage, Message, Permanent, Raw, Record, Report, Sns,
};

/// Runs the event with the defaults, and with all that may happen to a record.
///
/// # Panics
///
/// If the engine breaks one of its promises.
pub(crate) fn check(event: &[u8]) {
    let batch = Batch::event(event);
    check_batch(event, batch.clone());
    let busy = batch
        .retries(2)
        .concurrency(3)
        .report_total_failure()
        .stop_batch()
        .permanent_to_dlq()
        .queue_backoff(Duration::from_secs(1), Duration::from_secs(900));
    check_batch(event, busy);
}

fn check_batch(event: &[u8], batch: Batch) {
    let completed = Mutex::new(Vec::new());
    let report = batch.run(|message: Everything| {
        let completed = &completed;
        async move {
            match message.length % 3 {
                0 => {
                    completed.lock().unwrap().push(message.id);
                    Ok(())
                }
                1 => Err(BoxError::from("not yet")),
                _ => Err(Permanent::new("never").into()),
            }
        }
    });
    let completed = completed.into_inner().unwrap();

    match report.error() {
        Some(error) if error.starts_with("MalformedEvent: ") => {
            assert!(completed.is_empty() && report.failed().is_empty());
        }
        Some(error) => {
            assert!(error.starts_with("BatchFailed: "), "{error}");
            assert!(completed.is_empty() && report.sent_to_dlq().is_empty());
            check_reported(event, &report, &completed);
        }
        None => check_reported(event, &report, &completed),
    }
}

/// Reported is what was neither completed nor sent to the DLQ, and each id once.
fn check_reported(event: &[u8], report: &Report, completed: &[String]) {
    let reported = report.failed();
    let unique: BTreeSet<&str> = reported.iter().copied().collect();
    assert_eq!(reported.len(), unique.len(), "{reported:?}");
    assert!(!unique.contains(""));
    for id in reported {
        // Panics in an attempt are caught; this function has none of its own.
        let reason = report.reason(id).unwrap_or_default();
        let last = reason.trim_start_matches("out of time after: ");
        assert!(!last.starts_with("panicked"), "{reason}");
    }
    let ids = ids(event).expect("only an SQS event in JSON is accepted");
    let mut left = BTreeMap::<String, usize>::new();
    for id in ids {
        *left.entry(id).or_default() += 1;
    }
    for id in completed {
        let records = left.get_mut(id).expect("the id is in the event");
        *records = records.checked_sub(1).expect("a record runs once");
    }
    left.retain(|_, records| *records > 0);
    for sent in report.sent_to_dlq() {
        // Once, also if it is twice in the event.
        left.remove(&sent.id).expect("it is sent once");
    }
    assert!(unique.into_iter().eq(left.keys().map(String::as_str)));
}

/// The ids as `serde_json` finds them.
fn ids(event: &[u8]) -> serde_json::Result<Vec<String>> {
    type Object<'a> = HashMap<String, &'a RawValue>;
    fn field<'a>(object: &Object<'a>, name: &str) -> &'a str {
        object.get(name).map_or("null", |value| value.get())
    }
    let event: Object<'_> = serde_json::from_slice(event)?;
    let records: Vec<Object<'_>> = serde_json::from_str(field(&event, "Records"))?;
    records
        .iter()
        .map(|record| serde_json::from_str(field(record, "messageId")))
        .collect()
}

/// Reads all there is of a record.
struct Everything {
    id: String,
    length: usize,
}

impl FromMessage for Everything {
    fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
        // Few bodies are one: it may refuse, but not panic.
        let _ = EventBridge::<serde_json::Value>::from_message(record);
        let message = Message::<Sns<Raw>>::from_message(record)?;
        Ok(Self {
            id: message.id,
            length: record.body().len(),
        })
    }
}
