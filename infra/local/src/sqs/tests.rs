//! What SQS promises, on a clock of the test's own.

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
        name: dlq.clone(),
        visibility_timeout: 30,
        retention: 14 * DAY,
        redrive_policy: None,
    });
    sqs.create(QueueConfig {
        name: format!("work{suffix}"),
        visibility_timeout: 30,
        retention: 4 * DAY,
        redrive_policy: Some(RedrivePolicy {
            dead_letter_queue: dlq,
            max_receive_count: 2,
        }),
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
    sqs.receive("work", Most::messages(10), None, at).unwrap()
}

/// Sends `x` and lets it fail until it is in the DLQ, at 60 s.
fn dead_letter(sqs: &mut Sqs) -> Sent {
    let sent = sqs.send("work", body("x"), start()).unwrap();
    assert_eq!(receive(sqs, after(0)).len(), 1);
    assert_eq!(receive(sqs, after(30)).len(), 1);
    assert_eq!(receive(sqs, after(60)).len(), 0);
    sent
}

#[test]
fn a_received_message_is_invisible_until_its_timeout() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    assert_eq!(receive(&mut sqs, after(0))[0].receive_count, 1);
    assert!(receive(&mut sqs, after(29)).is_empty());
    assert_eq!(sqs.next_due(after(1)), Some(after(30)));
    assert_eq!(receive(&mut sqs, after(30))[0].receive_count, 2);
}

#[test]
fn a_delayed_message_is_not_received_before() {
    let mut sqs = sqs("");
    let delayed = Outgoing {
        delay: 60,
        ..body("x")
    };
    sqs.send("work", delayed, start()).unwrap();
    assert_eq!(sqs.queue("work").unwrap().counts(start()).delayed, 1);
    assert!(receive(&mut sqs, after(59)).is_empty());
    assert_eq!(receive(&mut sqs, after(60)).len(), 1);
}

#[test]
fn a_deleted_message_is_gone() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let handle = receive(&mut sqs, after(0))[0].receipt_handle();
    sqs.delete("work", &handle, after(1)).unwrap();
    assert!(receive(&mut sqs, after(100)).is_empty());
    // Deleting again is no error.
    sqs.delete("work", &handle, after(2)).unwrap();
}

#[test]
fn an_old_handle_does_not_delete_what_was_received_again() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let old = receive(&mut sqs, after(0))[0].receipt_handle();
    receive(&mut sqs, after(30));
    sqs.delete("work", &old, after(31)).unwrap();
    assert_eq!(sqs.queue("work").unwrap().messages().len(), 1);
}

#[test]
fn a_handle_that_is_none_is_refused() {
    let error = sqs("").delete("work", "x", start()).unwrap_err();
    assert_eq!(error.code, "ReceiptHandleIsInvalid");
}

#[test]
fn visibility_counts_from_the_change_and_is_not_remembered() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let handle = receive(&mut sqs, after(0))[0].receipt_handle();
    sqs.change_visibility("work", &handle, 5, after(10))
        .unwrap();
    assert!(receive(&mut sqs, after(14)).is_empty());
    assert_eq!(receive(&mut sqs, after(15)).len(), 1);
    assert!(sqs.queue("work").unwrap().messages()[0].in_flight(after(44)));
}

#[test]
fn visibility_beyond_twelve_hours_is_an_error() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let handle = receive(&mut sqs, after(0))[0].receipt_handle();
    let error = sqs
        .change_visibility("work", &handle, 43_200, after(10))
        .unwrap_err();
    assert_eq!(error.code, "InvalidParameterValue");
    assert!(
        sqs.change_visibility("work", &handle, 43_190, after(10))
            .is_ok()
    );
}

#[test]
fn visibility_of_a_message_that_is_not_in_flight_cannot_change() {
    let mut sqs = sqs("");
    sqs.send("work", body("x"), start()).unwrap();
    let handle = receive(&mut sqs, after(0))[0].receipt_handle();
    let error = sqs
        .change_visibility("work", &handle, 5, after(30))
        .unwrap_err();
    assert_eq!(error.shape, "MessageNotInflight");
}

#[test]
fn a_message_goes_to_the_dlq_when_its_receives_would_exceed_the_limit() {
    let mut sqs = sqs("");
    let sent = dead_letter(&mut sqs);
    let dead = &sqs.queue("dead").unwrap().messages()[0];
    assert_eq!(dead.id, sent.id, "the id stays");
    assert_eq!(dead.receive_count, 2);
    assert_eq!(dead.dead_letter_source, Some(queue_arn("work")));
    assert_eq!(dead.retained_from, start(), "a standard DLQ keeps the age");
}

#[test]
fn a_message_expires_from_the_dlq_by_its_first_age() {
    let mut sqs = sqs("");
    dead_letter(&mut sqs);
    sqs.advance(after(14 * DAY - 1));
    assert_eq!(sqs.queue("dead").unwrap().messages().len(), 1);
    assert_eq!(sqs.next_due(after(100)), Some(after(14 * DAY)));
    sqs.advance(after(14 * DAY));
    assert!(sqs.queue("dead").unwrap().messages().is_empty());
    assert_eq!(sqs.take_facts().last().unwrap().what, What::Expired);
}

#[test]
fn a_redriven_message_is_a_new_one() {
    let mut sqs = sqs("");
    let sent = dead_letter(&mut sqs);
    sqs.start_move_task(
        &queue_arn("dead"),
        Some(&queue_arn("work")),
        None,
        after(DAY),
    )
    .unwrap();
    let moved_at = after(DAY + 1);
    sqs.advance(moved_at);
    let back = receive(&mut sqs, moved_at).remove(0);
    assert_eq!(back.origin, sent.origin);
    assert_ne!(back.id, sent.id);
    assert_eq!(back.sent_at, moved_at);
    assert_eq!(back.receive_count, 1);
}

#[test]
fn a_move_task_without_destination_finds_the_source_of_each_message() {
    let mut sqs = sqs("");
    dead_letter(&mut sqs);
    sqs.start_move_task(&queue_arn("dead"), None, None, after(100))
        .unwrap();
    sqs.advance(after(101));
    assert_eq!(receive(&mut sqs, after(101)).len(), 1);
}

#[test]
fn a_move_task_without_destination_fails_on_a_message_that_has_no_source() {
    let mut sqs = sqs("");
    sqs.send("dead", body("x"), start()).unwrap();
    sqs.start_move_task(&queue_arn("dead"), None, None, start())
        .unwrap();
    sqs.advance(after(1));
    let task = sqs.move_tasks(&queue_arn("dead"), 1).unwrap()[0];
    assert!(matches!(task.status, MoveStatus::Failed(_)));
    assert_eq!(sqs.queue("dead").unwrap().messages().len(), 1);
}

#[test]
fn a_move_task_keeps_its_rate() {
    let mut sqs = sqs("");
    for _ in 0..3 {
        sqs.send("dead", body("x"), start()).unwrap();
    }
    let (from, to) = (queue_arn("dead"), queue_arn("work"));
    sqs.start_move_task(&from, Some(&to), Some(1), start())
        .unwrap();
    sqs.advance(after(1));
    assert_eq!(sqs.queue("work").unwrap().messages().len(), 1);
    sqs.advance(after(2));
    assert_eq!(sqs.queue("work").unwrap().messages().len(), 2);
    assert!(sqs.is_moving());
    sqs.advance(after(3));
    assert!(!sqs.is_moving());
    let task = sqs.move_tasks(&from, 1).unwrap()[0];
    assert_eq!((task.moved, task.to_move), (3, 3));
}

#[test]
fn a_second_move_task_is_refused_in_the_words_of_aws() {
    let mut sqs = sqs("");
    for _ in 0..2 {
        sqs.send("dead", body("x"), start()).unwrap();
    }
    let (from, to) = (queue_arn("dead"), queue_arn("work"));
    sqs.start_move_task(&from, Some(&to), Some(1), start())
        .unwrap();
    let error = sqs
        .start_move_task(&from, Some(&to), Some(1), start())
        .unwrap_err();
    assert_eq!(error.code, "InvalidParameterValue");
    assert_eq!(
        error.message,
        "There is already a task running. Only one active task is allowed for a source queue \
         arn at a given time."
    );
}

#[test]
fn move_tasks_are_checked() {
    let mut sqs = sqs("");
    sqs.create(QueueConfig {
        name: "work.fifo".to_owned(),
        visibility_timeout: 30,
        retention: DAY,
        redrive_policy: None,
    });
    let (dead, work) = (queue_arn("dead"), queue_arn("work"));
    for (from, to, rate, code) in [
        (&work, None, None, "InvalidParameterValue"),
        (&queue_arn("no"), None, None, "ResourceNotFoundException"),
        (
            &dead,
            Some(queue_arn("no")),
            None,
            "ResourceNotFoundException",
        ),
        (&dead, Some(dead.clone()), None, "InvalidParameterValue"),
        (
            &dead,
            Some(queue_arn("work.fifo")),
            None,
            "InvalidParameterValue",
        ),
        (&dead, Some(work.clone()), Some(0), "InvalidParameterValue"),
        (
            &dead,
            Some(work.clone()),
            Some(501),
            "InvalidParameterValue",
        ),
    ] {
        let error = sqs
            .start_move_task(from, to.as_deref(), rate, start())
            .unwrap_err();
        assert_eq!(error.code, code, "{from} {to:?} {rate:?}");
    }
}

#[test]
fn a_cancelled_task_moves_nothing_more() {
    let mut sqs = sqs("");
    for _ in 0..3 {
        sqs.send("dead", body("x"), start()).unwrap();
    }
    let (from, to) = (queue_arn("dead"), queue_arn("work"));
    let handle = sqs
        .start_move_task(&from, Some(&to), Some(1), start())
        .unwrap();
    assert_eq!(sqs.cancel_move_task(&handle, after(1)), Ok(1));
    sqs.advance(after(100));
    assert_eq!(sqs.queue("dead").unwrap().messages().len(), 2);
    assert!(sqs.cancel_move_task(&handle, start()).is_err());
}

#[test]
fn a_fifo_group_waits_for_its_first_message() {
    let mut sqs = sqs(".fifo");
    for (text, group) in [("a1", "a"), ("a2", "a"), ("b1", "b")] {
        sqs.send("work.fifo", in_group(text, group), start())
            .unwrap();
    }
    let first = sqs
        .receive("work.fifo", Most::messages(1), None, after(0))
        .unwrap();
    assert_eq!(bodies(&first), ["a1"]);
    let others = sqs
        .receive("work.fifo", Most::messages(10), None, after(1))
        .unwrap();
    assert_eq!(bodies(&others), ["b1"]);
    let handle = first[0].receipt_handle();
    sqs.delete("work.fifo", &handle, after(2)).unwrap();
    let next = sqs
        .receive("work.fifo", Most::messages(10), None, after(3))
        .unwrap();
    assert_eq!(bodies(&next), ["a2"]);
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
        sqs.receive("work.fifo", Most::messages(10), None, after(seconds))
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
        sqs.receive("work.fifo", Most::messages(10), None, after(seconds))
            .unwrap();
    }
    let (from, to) = (queue_arn("dead.fifo"), queue_arn("work.fifo"));
    sqs.start_move_task(&from, Some(&to), None, after(61))
        .unwrap();
    sqs.advance(after(62));
    assert_eq!(sqs.queue("work.fifo").unwrap().messages().len(), 1);
}

#[test]
fn sending_is_checked() {
    let mut sqs = sqs("");
    sqs.create(QueueConfig {
        name: "f.fifo".to_owned(),
        visibility_timeout: 30,
        retention: DAY,
        redrive_policy: None,
    });
    let no_group = Outgoing {
        deduplication: Some("d".to_owned()),
        ..body("x")
    };
    let no_deduplication = Outgoing {
        group: Some("g".to_owned()),
        ..body("x")
    };
    let late = Outgoing {
        delay: 901,
        ..body("x")
    };
    for (queue, outgoing, code) in [
        ("no", body("x"), "AWS.SimpleQueueService.NonExistentQueue"),
        ("work", body(""), "MissingParameter"),
        ("work", body("\u{0}"), "InvalidMessageContents"),
        (
            "work",
            body(&"x".repeat(1_048_577)),
            "InvalidParameterValue",
        ),
        ("work", late, "InvalidParameterValue"),
        ("f.fifo", no_group, "MissingParameter"),
        ("f.fifo", no_deduplication, "InvalidParameterValue"),
    ] {
        let error = sqs.send(queue, outgoing, start()).unwrap_err();
        assert_eq!(error.code, code, "{queue}");
    }
}

#[test]
fn one_seed_gives_one_order() {
    let order = |seed| {
        let mut sqs = Sqs::new(seed);
        sqs.create(QueueConfig {
            name: "work".to_owned(),
            visibility_timeout: 30,
            retention: DAY,
            redrive_policy: None,
        });
        for number in 0..20 {
            sqs.send("work", body(&number.to_string()), start())
                .unwrap();
        }
        let received = sqs
            .receive("work", Most::messages(20), None, start())
            .unwrap();
        received
            .into_iter()
            .map(|message| (message.id, message.body))
            .collect::<Vec<_>>()
    };
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
}

#[test]
fn what_a_worker_sends_on_is_the_same_message() {
    let mut sqs = sqs("");
    let sent = sqs.send("work", body("x"), start()).unwrap();
    receive(&mut sqs, start());
    let named = Attribute::string(sent.id);
    let copy = Outgoing {
        attributes: [("RedriveSourceMessageId".to_owned(), named)].into(),
        ..body("x")
    };
    let copy = sqs.send("dead", copy, start()).unwrap();
    assert_eq!(copy.origin, sent.origin);
    let like_it = sqs.send("dead", body("x"), start()).unwrap();
    assert_ne!(like_it.origin, sent.origin);
}
