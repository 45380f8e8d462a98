//! What SQS promises, on a clock of the test's own.

mod dead_letter;
mod fifo;
mod receive;
mod send;

use jiff::Timestamp;

use super::*;
use crate::clock::add_seconds;
use crate::names::queue_arn;

const DAY: u32 = 86_400;

fn start() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

fn after(seconds: u32) -> Timestamp {
    add_seconds(start(), seconds)
}

/// A source queue `work` (visibility 30 s, retention 4 d, 2 receives) and its
/// DLQ `dead` (14 d), with this suffix.
fn sqs(suffix: &str) -> Sqs {
    let mut sqs = Sqs::new(7);
    let dlq = format!("dead{suffix}");
    sqs.create(QueueConfig {
        retention: 14 * DAY,
        ..QueueConfig::new(&dlq)
    });
    sqs.create(QueueConfig {
        redrive_policy: Some(RedrivePolicy {
            dead_letter_queue: dlq,
            max_receive_count: 2,
        }),
        ..QueueConfig::new(format!("work{suffix}"))
    });
    sqs
}

fn body(body: &str) -> Outgoing {
    Outgoing {
        body: body.to_owned(),
        ..Outgoing::default()
    }
}

fn in_group(text: &str, group: &str) -> Outgoing {
    Outgoing {
        group: Some(group.to_owned()),
        deduplication: Some(text.to_owned()),
        ..body(text)
    }
}

fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| &*message.body).collect()
}

/// Receives from `work` and deletes nothing.
fn receive(sqs: &mut Sqs, at: Timestamp) -> Vec<Message> {
    sqs.receive("work", ReceiveLimit::messages(10), None, at)
        .unwrap()
}

/// Sends `x` and lets it fail until it is in the DLQ, at 60 s.
fn dead_letter(sqs: &mut Sqs) -> Message {
    let sent = sqs.send("work", body("x"), start()).unwrap();
    assert_eq!(receive(sqs, after(0)).len(), 1);
    assert_eq!(receive(sqs, after(30)).len(), 1);
    assert_eq!(receive(sqs, after(60)).len(), 0);
    sent
}
