//! Kinds of failures, and what is said about them.

use std::time::Duration;

use crate::{
    error::BoxError,
    failure::PermanentExt,
    testing::{Batch, TestMessage},
};

#[test]
fn a_permanent_failure_is_not_tried_again() {
    async fn charge(card: String) -> Result<(), BoxError> {
        let _number: u64 = card.parse().permanent()?;
        Ok(())
    }
    let report = Batch::new()
        .text("\"42\"")
        .text("\"no card\"")
        .retries(3)
        .run(charge);

    assert_eq!(report.failed(), ["m2"]);
    assert_eq!(report.attempts("m2"), 1);
    assert_eq!(
        report.reason("m2").unwrap(),
        "invalid digit found in string"
    );
}

#[test]
fn a_panic_tells_its_message_and_place() {
    let report = Batch::new()
        .text("1")
        .run(async |n: u8| -> Result<(), String> { panic!("order {n} broke it") });
    let reason = report.reason("m1").unwrap();

    assert!(reason.starts_with("panicked at "), "{reason}");
    assert!(reason.contains("failures.rs:"), "{reason}");
    assert!(reason.ends_with(": order 1 broke it"), "{reason}");
}

#[test]
fn a_panic_that_the_function_caught_itself_is_not_the_next_ones_place() {
    let report = Batch::new()
        .text("1")
        .text("2")
        .run(async |number: u8| -> Result<(), String> {
            match number {
                1 => {
                    let caught = std::panic::catch_unwind(|| panic!("caught"));
                    assert!(caught.is_err());
                    Ok(())
                }
                // Without a place, as a panic that comes from another thread.
                _ => std::panic::resume_unwind(Box::new("thrown on")),
            }
        });

    assert_eq!(report.failed(), ["m2"]);
    assert_eq!(report.reason("m2").unwrap(), "panicked: thrown on");
}

#[test]
fn a_panic_of_reading_the_message_is_caught_too() {
    struct Bomb;
    impl<'de> serde::Deserialize<'de> for Bomb {
        fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
            panic!("bomb")
        }
    }
    let report = Batch::new()
        .text("1")
        .run(async |_: Bomb| Ok::<_, String>(()));

    assert!(report.reason("m1").unwrap().ends_with(": bomb"));
}

#[test]
fn a_total_failure_names_every_record_and_its_reason() {
    let report = Batch::new()
        .text("1")
        .text("oh")
        .run(async |_: u8| Err::<(), _>("down"));

    assert_eq!(
        report.error().unwrap(),
        "BatchFailed: all 2 records failed: m1 (down); m2 (the body does not match the message type: expected value at line 1 column 1)"
    );
}

#[test]
fn the_error_of_a_total_failure_is_bounded() {
    let batch = (0..1_000).fold(Batch::new(), |batch, _| batch.text("1"));
    let error = batch
        .run(async |_: u8| Err::<(), _>("x".repeat(10_000)))
        .error()
        .unwrap();

    assert!(error.len() < 9_000, "{}", error.len());
    assert!(error.starts_with("BatchFailed: all 1000 records failed: m1 (xxx"));
    assert!(error.contains("; and 9"), "{error}");
}

#[test]
fn permanent_failures_go_to_the_dlq_and_are_done() {
    let report = Batch::new()
        .text("1")
        .text("{\"not\":\"a number\"}")
        .text("3")
        .permanent_to_dlq()
        .run(async |number: u8| if number == 1 { Ok(()) } else { Err("down") });

    assert_eq!(report.failed(), ["m3"]);
    let sent = report.sent_to_dlq();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].id, "m2");
    assert_eq!(sent[0].body, "{\"not\":\"a number\"}");
    assert!(sent[0].reason.contains("invalid value (an object)"));
}

#[test]
fn a_record_that_the_dlq_does_not_take_is_reported() {
    let report = Batch::new()
        .text("1")
        .text("x")
        .dlq_refuses()
        .run(async |_: u8| Ok::<_, String>(()));

    assert_eq!(report.failed(), ["m2"]);
}

#[test]
fn a_record_is_in_the_dlq_when_sqs_says_so() {
    for (seconds, is_sent) in [(2, true), (4, false)] {
        let report = Batch::new()
            .text("1")
            .text("x")
            .permanent_to_dlq()
            .slow_sqs(Duration::from_secs(seconds), Duration::ZERO)
            .run(async |_: u8| Ok::<_, String>(()));

        assert_eq!(report.failed().is_empty(), is_sent);
        assert_eq!(report.sent_to_dlq().len(), usize::from(is_sent));
        assert!(report.elapsed() <= Duration::from_millis(29_500));
    }
}

#[test]
fn an_sqs_that_does_not_answer_costs_one_send_however_many_records_there_are() {
    let bodies = ["x", "x", "1", "x", "2", "x", "3"];
    for (concurrency, seconds) in [(1, 3), (2, 3)] {
        let batch = bodies
            .iter()
            .fold(Batch::new(), |batch, body| batch.text(*body));
        let report = batch
            .permanent_to_dlq()
            .concurrency(concurrency)
            .slow_sqs(Duration::from_secs(600), Duration::ZERO)
            .run(async |_: u8| Ok::<_, String>(()));

        assert_eq!(report.failed(), ["m1", "m2", "m4", "m6"]);
        assert!(report.sent_to_dlq().is_empty());
        assert_eq!(report.elapsed(), Duration::from_secs(seconds));
    }
}

#[test]
fn a_send_that_is_rejected_does_not_prevent_others() {
    let batch = Batch::new().text("x").text("x").dlq_refuses();
    let report = batch
        .slow_sqs(Duration::from_secs(2), Duration::ZERO)
        .run(async |_: u8| Ok::<_, String>(()));

    assert_eq!(report.elapsed(), Duration::from_secs(4));
}

#[test]
fn a_send_ends_with_the_time_of_the_invocation() {
    let report = Batch::new()
        .text("x")
        .permanent_to_dlq()
        .timeout(Duration::from_secs(2))
        .slow_sqs(Duration::from_secs(600), Duration::ZERO)
        .run(async |_: u8| Ok::<_, String>(()));

    assert_eq!(report.elapsed(), Duration::from_millis(1_800));
}

#[test]
fn a_group_goes_on_when_what_was_before_is_in_the_dlq() {
    let report = Batch::fifo()
        .message(TestMessage::text("x").group("A"))
        .message(TestMessage::text("2").group("A"))
        .permanent_to_dlq()
        .slow_sqs(Duration::from_secs(1), Duration::ZERO)
        .run(async |_: u8| Ok::<_, String>(()));

    assert!(report.failed().is_empty());
    assert_eq!(report.attempts("m2"), 1);
}

#[test]
fn queue_backoff_does_not_keep_the_answer_from_lambda() {
    let report = Batch::new()
        .text("1")
        .text("2")
        .queue_backoff(Duration::from_secs(30), Duration::from_secs(900))
        .slow_sqs(Duration::ZERO, Duration::from_secs(60))
        .run(async |number: u8| if number == 1 { Ok(()) } else { Err("down") });

    assert_eq!(report.failed(), ["m2"]);
    assert_eq!(report.delays(), [("receipt-2".into(), 30)]);
    assert_eq!(report.elapsed(), Duration::from_millis(29_750));
}

#[test]
fn queue_backoff_delays_what_is_reported() {
    let report = Batch::new()
        .message(TestMessage::text("1").receive_count(3))
        .message(TestMessage::text("2"))
        .message(TestMessage::text("3").receive_count(9))
        .queue_backoff(Duration::from_secs(30), Duration::from_secs(900))
        .run(async |number: u8| if number == 2 { Ok(()) } else { Err("down") });

    assert_eq!(
        report.delays(),
        [("receipt-1".into(), 120), ("receipt-3".into(), 900)]
    );
}

#[test]
fn queue_backoff_delays_a_group_as_its_first() {
    let report = Batch::fifo()
        .message(TestMessage::text("1").group("A").receive_count(2))
        .message(TestMessage::text("2").group("B"))
        .message(TestMessage::text("3").group("A"))
        .queue_backoff(Duration::from_secs(30), Duration::from_secs(900))
        .run(async |number: u8| if number == 2 { Ok(()) } else { Err("down") });

    assert_eq!(
        report.delays(),
        [("receipt-1".into(), 60), ("receipt-3".into(), 60)]
    );
}

/// Panics when it is dropped in the middle of an attempt.
struct Grenade;

impl Drop for Grenade {
    fn drop(&mut self) {
        panic!("the pin is out");
    }
}

#[test]
fn a_destructor_that_panics_fails_its_own_message_only() {
    let run = |batch: Batch| {
        batch.text("1").text("2").run(async |number: u8| {
            if number == 1 {
                let _grenade = Grenade;
                std::future::pending::<()>().await;
            }
            Ok::<_, String>(())
        })
    };

    let timed_out = run(Batch::new().attempt_timeout(Duration::from_secs(1)));
    assert_eq!(timed_out.failed(), ["m1"]);
    assert_eq!(timed_out.error(), None);

    let cut = run(Batch::new().concurrency(2));
    assert_eq!(cut.failed(), ["m1"]);
    assert_eq!(cut.error(), None);
}

#[test]
fn errors_that_a_function_calls_permanent_are_not_tried_again() {
    let report = Batch::new()
        .text("1")
        .retries(3)
        .run_with(async |_: u8| Err::<(), _>("gone"), |error| *error == "gone");

    assert_eq!(report.attempts("m1"), 1);
}

#[test]
fn a_group_that_cannot_be_read_could_be_any() {
    let record = |id: &str, group: &str, body: &str| {
        format!(
            r#"{{"messageId":"{id}","body":"{body}","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:q.fifo","attributes":{{"MessageGroupId":{group},"ApproximateReceiveCount":1}}}}"#
        )
    };
    let event = |third: &str| {
        format!(
            r#"{{"Records":[{},{},{}]}}"#,
            record("m1", r#""A""#, "1"),
            record("m2", r#""B""#, "0"),
            record("m3", third, "0"),
        )
    };
    let failed = |third: &str| {
        let report = Batch::event(event(third))
            .run(async |number: u8| if number == 1 { Err("no") } else { Ok(()) });
        report
            .failed()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    // A count that is no text leaves the group readable.
    assert_eq!(failed(r#""A""#), ["m1", "m3"]);
    assert_eq!(failed("7"), ["m1", "m2", "m3"]);
}
