//! When batches go, and what is in them.

use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::sqs::{Outgoing, QueueConfig, Sqs};

fn start() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

fn after(seconds: u32) -> Timestamp {
    add_seconds(start(), seconds)
}

fn function(queue: &str, batch_size: u32, batch_window: u32) -> Function {
    let item = "async fn work(job: Job) -> Result<(), Error> {}";
    let parsed = redrive_syntax::parse("".parse().unwrap(), item.parse().unwrap());
    Function {
        queue: queue.into(),
        batch_size,
        batch_window: Duration::from_secs(batch_window.into()),
        ..parsed.function
    }
}

fn queue(name: &str, messages: usize) -> Sqs {
    let mut sqs = Sqs::new(0);
    sqs.create(QueueConfig::new(name));
    for number in 0..messages {
        send(&mut sqs, name, number, "a");
    }
    sqs
}

fn send(sqs: &mut Sqs, name: &str, number: usize, group: &str) {
    let fifo = name.ends_with(".fifo");
    let outgoing = Outgoing {
        body: format!("{group}{number}"),
        group: Some(group.to_owned()),
        deduplication: fifo.then(|| format!("{group}{number}")),
        ..Outgoing::default()
    };
    sqs.send(name, outgoing, start()).unwrap();
}

fn sizes(batches: &[Vec<Message>]) -> Vec<usize> {
    batches.iter().map(Vec::len).collect()
}

#[test]
fn a_batch_has_at_most_its_size() {
    let mut sqs = queue("q", 25);
    let mut mapping = Mapping::new(&function("q", 10, 0));
    assert_eq!(sizes(&mapping.poll(&mut sqs, start())), [10, 10, 5]);
    assert_eq!(mapping.next_due(), None);
}

#[test]
fn an_empty_queue_gives_no_batch() {
    let mut mapping = Mapping::new(&function("q", 10, 0));
    assert!(mapping.poll(&mut queue("q", 0), start()).is_empty());
}

#[test]
fn batches_beyond_the_concurrency_wait_for_one_to_finish() {
    let mut sqs = queue("q", 9);
    let limited = Function {
        max_concurrency: Some(2),
        ..function("q", 1, 0)
    };
    let mut mapping = Mapping::new(&limited);
    assert_eq!(sizes(&mapping.poll(&mut sqs, start())), [1, 1]);
    assert!(mapping.poll(&mut sqs, start()).is_empty());
    mapping.finished();
    assert_eq!(sizes(&mapping.poll(&mut sqs, start())), [1]);
}

#[test]
fn a_window_lets_a_batch_fill() {
    let mut sqs = queue("q", 2);
    let mut mapping = Mapping::new(&function("q", 100, 20));
    assert!(mapping.poll(&mut sqs, start()).is_empty());
    assert_eq!(mapping.next_due(), Some(after(20)));
    send(&mut sqs, "q", 3, "a");
    assert!(mapping.poll(&mut sqs, after(19)).is_empty());
    assert_eq!(sizes(&mapping.poll(&mut sqs, after(20))), [3]);
}

#[test]
fn a_full_batch_does_not_wait_for_the_window() {
    let mut mapping = Mapping::new(&function("q", 10, 20));
    let batches = mapping.poll(&mut queue("q", 10), start());
    assert_eq!(sizes(&batches), [10]);
}

#[test]
fn visibility_counts_from_the_poll_before_the_window() {
    let mut sqs = queue("q", 1);
    Mapping::new(&function("q", 10, 20)).poll(&mut sqs, start());
    let message = &sqs.queue("q").unwrap().messages()[0];
    assert_eq!(message.invisible_until, Some(after(30)));
}

#[test]
fn a_batch_ends_when_its_payload_is_full() {
    let mut sqs = queue("q", 0);
    for _ in 0..7 {
        let outgoing = Outgoing {
            body: "x".repeat(1_000_000),
            ..Outgoing::default()
        };
        sqs.send("q", outgoing, start()).unwrap();
    }
    let mut mapping = Mapping::new(&function("q", 10, 0));
    assert_eq!(sizes(&mapping.poll(&mut sqs, start())), [6, 1]);
}

#[test]
fn the_limit_applies_to_the_payload_not_to_the_bodies() {
    let mut sqs = queue("q", 0);
    for _ in 0..7 {
        let outgoing = Outgoing {
            // In JSON each has two bytes.
            body: "\"".repeat(1_000_000),
            ..Outgoing::default()
        };
        sqs.send("q", outgoing, start()).unwrap();
    }
    let mut mapping = Mapping::new(&function("q", 10, 20));
    // The last does not fill a batch, and waits for the window.
    let batches = mapping.poll(&mut sqs, start());
    assert_eq!(sizes(&batches), [3, 3]);
    for batch in &batches {
        assert!(payload("q", batch).to_string().len() <= 6 * 1_048_576);
    }
}

#[test]
fn a_fifo_group_is_in_one_batch_at_a_time() {
    let mut sqs = queue("q.fifo", 3);
    send(&mut sqs, "q.fifo", 1, "b");
    let mut mapping = Mapping::new(&function("q.fifo", 2, 0));
    let batches = mapping.poll(&mut sqs, start());
    assert_eq!(sizes(&batches), [2, 1]);
    let bodies: Vec<&str> = batches.iter().flatten().map(|m| &*m.body).collect();
    assert_eq!(bodies, ["a0", "a1", "b1"]);
}

#[test]
fn the_payload_has_the_form_of_lambdas() {
    let mut sqs = queue("q", 1);
    let message = sqs
        .receive("q", ReceiveLimit::messages(1), None, after(1))
        .unwrap();
    let arn = "arn:aws:sqs:eu-west-1:123456789012:q";
    let event = payload(arn, &message);
    let record = &event["Records"][0];
    assert_eq!(record["messageId"], message[0].id);
    assert_eq!(record["body"], "a0");
    assert_eq!(record["md5OfBody"], "5640486daa6880d667b76c958820361a");
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(record["eventSourceARN"], arn);
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(record["attributes"]["SentTimestamp"], "1767603600000");
    assert_eq!(record["attributes"]["MessageGroupId"], "a");
}
