//! What is different on FIFO queues.

use super::*;

#[test]
fn a_fifo_group_waits_for_its_first_message() {
    let mut sqs = sqs(".fifo");
    for (text, group) in [("a1", "a"), ("a2", "a"), ("b1", "b")] {
        sqs.send("work.fifo", in_group(text, group), start())
            .unwrap();
    }
    let first = sqs
        .receive("work.fifo", ReceiveLimit::messages(1), None, after(0))
        .unwrap();
    assert_eq!(bodies(&first), ["a1"]);
    let others = sqs
        .receive("work.fifo", ReceiveLimit::messages(10), None, after(1))
        .unwrap();
    assert_eq!(bodies(&others), ["b1"]);
    let handle = first[0].receipt_handle();
    sqs.delete("work.fifo", &handle, after(2)).unwrap();
    let next = sqs
        .receive("work.fifo", ReceiveLimit::messages(10), None, after(3))
        .unwrap();
    assert_eq!(bodies(&next), ["a2"]);
}

#[test]
fn a_group_goes_to_the_dlq_in_its_order() {
    let mut sqs = sqs(".fifo");
    for text in ["a1", "a2"] {
        sqs.send("work.fifo", in_group(text, "a"), start()).unwrap();
    }
    let receive = |sqs: &mut Sqs, at| {
        sqs.receive("work.fifo", ReceiveLimit::messages(10), None, at)
            .unwrap()
    };
    receive(&mut sqs, after(0));
    let second = receive(&mut sqs, after(30));
    let handle = second[0].receipt_handle();
    sqs.change_visibility("work.fifo", &handle, 600, after(31))
        .unwrap();
    assert!(receive(&mut sqs, after(60)).is_empty());
    assert!(sqs.queue("dead.fifo").unwrap().messages().is_empty());
    receive(&mut sqs, after(631));
    let dead = sqs.queue("dead.fifo").unwrap().messages();
    assert_eq!(bodies(dead), ["a1", "a2"]);
}

#[test]
fn a_fifo_queue_drops_what_it_had_within_five_minutes() {
    let mut sqs = sqs(".fifo");
    let first = sqs.send("work.fifo", in_group("x", "a"), start()).unwrap();
    let second = sqs
        .send("work.fifo", in_group("x", "a"), after(299))
        .unwrap();
    assert_eq!(second.id, first.id);
    let third = sqs
        .send("work.fifo", in_group("x", "a"), after(300))
        .unwrap();
    assert_ne!(third.id, first.id);
    assert_eq!(sqs.queue("work.fifo").unwrap().messages().len(), 2);
}

#[test]
fn a_fifo_dlq_sets_age_and_deduplication_anew() {
    let mut sqs = sqs(".fifo");
    let sent = sqs.send("work.fifo", in_group("x", "a"), start()).unwrap();
    for seconds in [0, 30, 60] {
        sqs.receive(
            "work.fifo",
            ReceiveLimit::messages(10),
            None,
            after(seconds),
        )
        .unwrap();
    }
    let dead = &sqs.queue("dead.fifo").unwrap().messages()[0];
    assert_eq!(dead.retained_from, after(60));
    assert_eq!(dead.deduplication, Some(sent.id));
}

#[test]
fn a_fifo_message_is_not_lost_when_it_is_redriven_at_once() {
    let mut sqs = sqs(".fifo");
    sqs.send("work.fifo", in_group("x", "a"), start()).unwrap();
    for seconds in [0, 30, 60] {
        sqs.receive(
            "work.fifo",
            ReceiveLimit::messages(10),
            None,
            after(seconds),
        )
        .unwrap();
    }
    let (from, to) = (queue_arn("dead.fifo"), queue_arn("work.fifo"));
    sqs.start_move_task(&from, Some(&to), None, after(61))
        .unwrap();
    sqs.advance(after(62));
    assert_eq!(sqs.queue("work.fifo").unwrap().messages().len(), 1);
}
