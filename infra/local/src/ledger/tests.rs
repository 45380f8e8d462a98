//! The events and the fate of a message.

use super::*;
use crate::sqs::{Attribute, Outgoing, QueueConfig, ReceiveLimit, RedrivePolicy};

fn start() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

/// `work` and its DLQ `dead`, with one message in flight in `work`.
fn in_flight() -> (Sqs, Message) {
    in_flight_in("work", "dead")
}

fn in_flight_in(work: &str, dead: &str) -> (Sqs, Message) {
    let mut sqs = Sqs::new(0);
    for (name, dlq) in [(dead, None), (work, Some(dead))] {
        sqs.create(QueueConfig {
            redrive_policy: dlq.map(|dlq: &str| RedrivePolicy {
                dead_letter_queue: dlq.to_owned(),
                max_receive_count: 1,
            }),
            ..QueueConfig::new(name)
        });
    }
    send(&mut sqs, work, BTreeMap::new());
    let message = sqs.receive(work, ReceiveLimit::messages(1), None, start());
    (sqs, message.unwrap().remove(0))
}

fn send(sqs: &mut Sqs, queue: &str, attributes: BTreeMap<String, Attribute>) {
    let fifo = |text: &str| queue.ends_with(".fifo").then(|| text.to_owned());
    let outgoing = Outgoing {
        body: "x".to_owned(),
        attributes,
        group: fifo("g"),
        deduplication: fifo("d"),
        ..Outgoing::default()
    };
    sqs.send(queue, outgoing, start()).unwrap();
}

/// As the worker sends `message` to its DLQ.
fn forward(sqs: &mut Sqs, queue: &str, message: &Message) {
    let attributes = [
        ("RedriveSourceMessageId", &*message.id),
        ("RedriveReason", "no such card"),
    ];
    let attributes = attributes.map(|(name, text)| (name.to_owned(), Attribute::string(text)));
    send(sqs, queue, attributes.into());
}

/// The labels of the events since the last call.
fn labels(ledger: &mut Ledger, sqs: &mut Sqs) -> Vec<&'static str> {
    let events = sqs.take_events();
    let events = events
        .into_iter()
        .filter_map(|event| ledger.queue_event(event));
    events.map(|event| event.kind.label()).collect()
}

fn completed() -> EventKind {
    EventKind::Completed {
        function: "work".to_owned(),
        receive: 1,
        attempt: 1,
    }
}

fn fate(ledger: &Ledger, sqs: &Sqs) -> Fate {
    ledger
        .summary(sqs, start(), EndedBy::Empty)
        .messages
        .remove(0)
        .fate
}

#[test]
fn a_message_that_vanishes_is_not_accounted_for() {
    let (mut sqs, _) = in_flight();
    let mut ledger = Ledger::new(start());
    labels(&mut ledger, &mut sqs);
    assert!(matches!(fate(&ledger, &sqs), Fate::Waiting { .. }));
    // Replaces the queue by one without the message.
    let config = sqs.queue("work").unwrap().config.clone();
    sqs.create(config);
    assert_eq!(fate(&ledger, &sqs), Fate::Unaccounted);
}

#[test]
fn success_is_in_the_timeline_once() {
    let (mut sqs, message) = in_flight();
    let mut ledger = Ledger::new(start());
    labels(&mut ledger, &mut sqs);
    let completed = completed();
    let delivered = ledger.delivery(message.origin, completed, start());
    assert!(delivered.is_some());
    sqs.delete("work", &message.receipt_handle(), start())
        .unwrap();
    assert!(labels(&mut ledger, &mut sqs).is_empty());
    assert!(matches!(fate(&ledger, &sqs), Fate::Completed { .. }));
}

#[test]
fn a_message_that_was_sent_to_the_dlq_is_not_completed() {
    let (mut sqs, message) = in_flight();
    let mut ledger = Ledger::new(start());
    labels(&mut ledger, &mut sqs);
    forward(&mut sqs, "dead", &message);
    assert_eq!(labels(&mut ledger, &mut sqs), ["sent to DLQ"]);
    let completed = completed();
    assert_eq!(ledger.delivery(message.origin, completed, start()), None);
    sqs.delete("work", &message.receipt_handle(), start())
        .unwrap();
    assert!(labels(&mut ledger, &mut sqs).is_empty());
    let in_dlq = Fate::InDlq {
        queue: "dead".to_owned(),
        reason: Some("no such card".to_owned()),
    };
    assert_eq!(fate(&ledger, &sqs), in_dlq);
}

#[test]
fn an_equal_message_is_another_one() {
    let (mut sqs, _) = in_flight();
    let mut ledger = Ledger::new(start());
    send(&mut sqs, "dead", BTreeMap::new());
    assert_eq!(labels(&mut ledger, &mut sqs), ["sent", "sent"]);
}

#[test]
fn a_message_whose_copy_was_dropped_is_not_accounted_for() {
    let (mut sqs, message) = in_flight_in("work.fifo", "dead.fifo");
    send(&mut sqs, "dead.fifo", BTreeMap::new());
    let mut ledger = Ledger::new(start());
    labels(&mut ledger, &mut sqs);
    forward(&mut sqs, "dead.fifo", &message);
    assert_eq!(labels(&mut ledger, &mut sqs), ["duplicate"]);
    let completed = completed();
    assert_eq!(ledger.delivery(message.origin, completed, start()), None);
    sqs.delete("work.fifo", &message.receipt_handle(), start())
        .unwrap();
    assert!(labels(&mut ledger, &mut sqs).is_empty());
    assert_eq!(fate(&ledger, &sqs), Fate::Unaccounted);
}
