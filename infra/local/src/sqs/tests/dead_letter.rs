//! The way to the DLQ and back.

use super::*;

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
    let queue = "dead".to_owned();
    let expired = EventKind::Expired { queue };
    assert_eq!(sqs.take_events().last().unwrap().kind, expired);
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
    assert_eq!(task.status, MoveStatus::Failed);
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
    assert_eq!(error.code(), "InvalidParameterValue");
    assert_eq!(
        error.to_string(),
        "There is already a task running. Only one active task is allowed for a source queue \
         arn at a given time."
    );
}

#[test]
fn move_tasks_are_checked() {
    let mut sqs = sqs("");
    sqs.create(QueueConfig::new("work.fifo"));
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
        assert_eq!(error.code(), code, "{from} {to:?} {rate:?}");
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
