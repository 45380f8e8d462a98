//! Bounded redrive: what a worker that counts rounds does with each receive.

mod property;

use std::time::Duration;

use crate::{
    message::Attribute,
    testing::{Batch, Report, SentMessage, TestMessage},
};

const RUNS: u32 = 5;

/// A message that was received so often, of a redrive with this number.
fn message(body: &str, receive: u32, round: u32) -> TestMessage {
    let message = TestMessage::text(body).receive_count(receive);
    match round {
        0 => message,
        round => message.attribute("RedriveRound", Attribute::Number(round.to_string())),
    }
}

fn batch() -> Batch {
    Batch::new().redrive_rounds(3).max_receive_count(RUNS)
}

/// Fails unless the body is `1`.
fn run(batch: Batch) -> Report {
    batch.run(async |number: u8| match number {
        1 => Ok(()),
        _ => Err("down"),
    })
}

fn sent(id: &str, body: &str, reason: &str, round: Option<u32>) -> SentMessage {
    SentMessage {
        id: id.to_owned(),
        body: body.to_owned(),
        reason: reason.to_owned(),
        round,
    }
}

#[test]
fn a_record_that_fails_in_its_last_run_is_sent_on_and_done() {
    let report = run(batch()
        .message(message("1", RUNS, 0))
        .message(message("2", RUNS - 1, 0))
        .message(message("3", RUNS, 0))
        .message(message("4", RUNS, 2)));

    assert_eq!(report.failed(), ["m2"]);
    assert_eq!(
        report.sent_to_dlq(),
        [
            sent("m3", "3", "down", Some(1)),
            sent("m4", "4", "down", Some(3))
        ]
    );
    assert!(report.parked().is_empty());
    assert_eq!(report.reason("m3").unwrap(), "down");
}

#[test]
fn after_its_last_round_a_record_is_parked() {
    let report = run(batch()
        .message(message("2", RUNS, 3))
        .message(message("3", RUNS, 900)));

    assert_eq!(report.failed(), Vec::<&str>::new());
    assert!(report.sent_to_dlq().is_empty());
    assert_eq!(
        report.parked(),
        [
            sent("m1", "2", "down", Some(4)),
            sent("m2", "3", "down", Some(901))
        ]
    );
}

#[test]
fn an_extra_receive_is_sent_on_without_being_run() {
    let report = run(batch()
        .message(message("1", RUNS + 1, 0))
        .message(message("2", RUNS + 1, 3)));

    assert_eq!(report.failed(), Vec::<&str>::new());
    assert_eq!((report.attempts("m1"), report.attempts("m2")), (0, 0));
    assert_eq!(
        report.sent_to_dlq(),
        [sent("m1", "1", "invocation ended", Some(1))]
    );
    assert_eq!(
        report.parked(),
        [sent("m2", "2", "invocation ended", Some(4))]
    );
}

#[test]
fn a_count_from_elsewhere_is_a_last_run() {
    let report = run(batch()
        .message(message("1", RUNS + 2, 0))
        .message(message("2", RUNS + 2, 0)));

    assert_eq!(report.failed(), Vec::<&str>::new());
    assert_eq!((report.attempts("m1"), report.attempts("m2")), (1, 1));
    assert_eq!(report.sent_to_dlq(), [sent("m2", "2", "down", Some(1))]);
}

#[test]
fn what_is_sent_on_is_completed_in_the_answer() {
    let all = batch()
        .message(message("2", RUNS, 0))
        .message(message("3", RUNS, 0));
    assert_eq!(run(all.clone()).error(), None);
    // Otherwise the answer would return what has been sent.
    let one = run(all.clone().message(message("4", 1, 0)));
    assert_eq!(one.failed(), ["m3"]);
    // Not sent, all of them failed.
    let report = run(all.dlq_refuses());
    assert!(
        report
            .error()
            .unwrap()
            .starts_with("BatchFailed: all 2 records failed: m1 (down)")
    );
    assert_eq!(report.failed(), ["m1", "m2"]);
}

#[test]
fn a_record_without_room_for_its_round_is_parked() {
    for (own, is_parked) in [(9, false), (10, true)] {
        let full = (0..own).fold(message("2", RUNS, 0), |message, number| {
            message.attribute(format!("a{number}"), Attribute::String("v".to_owned()))
        });
        let report = run(batch().message(full));

        assert_eq!(report.failed(), Vec::<&str>::new());
        let (all, round) = match is_parked {
            true => (report.parked(), None),
            false => (report.sent_to_dlq(), Some(1)),
        };
        assert_eq!(all, [sent("m1", "2", "down", round)]);
    }
    for (left, is_parked) in [(19, false), (18, true)] {
        let body = format!("\"{}\"", "b".repeat((1 << 20) - 2 - left));
        let report = batch()
            .message(message(&body, RUNS, 0))
            .run(async |_: String| Err::<(), _>("down"));
        assert_eq!(report.parked().len(), usize::from(is_parked), "{left}");
    }
}

#[test]
fn records_are_sent_together() {
    let many = (0..23).fold(batch(), |batch, _| batch.message(message("2", RUNS, 0)));
    let report = run(many.slow_sqs(Duration::from_secs(1), Duration::ZERO));

    assert_eq!(report.sent_to_dlq().len(), 23);
    assert_eq!(report.elapsed(), Duration::from_secs(1));
}

#[test]
fn no_call_is_larger_than_sqs_allows() {
    // Three of them fit in a call, without what is added.
    let long = format!("\"{}\"", "b".repeat((1 << 20) / 3 - 2));
    let many = (0..7).fold(batch(), |batch, _| batch.message(message(&long, RUNS, 0)));
    let report = many.run(async |_: String| Err::<(), _>("down"));

    assert_eq!(report.sent_to_dlq().len(), 7);
    assert_eq!(report.failed(), Vec::<&str>::new());
}

#[test]
fn a_message_that_is_twice_in_a_batch_is_sent_once() {
    let last = || message("2", RUNS, 0).id("same").group("A");
    for batch in [batch(), batch().concurrency(2), fifo()] {
        for again in [last(), message("2", RUNS - 1, 0).id("same").group("A")] {
            let batch = batch.clone().message(last()).message(again);
            let report = run(batch.clone());
            assert_eq!(report.sent_to_dlq(), [sent("same", "2", "down", Some(1))]);
            // Reported, it would be delivered again.
            assert_eq!(report.failed(), Vec::<&str>::new());

            let report = run(batch.dlq_refuses());
            assert_eq!(report.failed(), ["same"]);
        }
    }
    // While the first call is under way.
    let refused = || message("x", 1, 0).id("same");
    let report = run(batch()
        .concurrency(2)
        .permanent_to_dlq()
        .slow_sqs(Duration::from_secs(1), Duration::ZERO)
        .message(refused())
        .message(refused()));
    assert_eq!(report.sent_to_dlq().len(), 1);
    assert_eq!(report.failed(), Vec::<&str>::new());
}

#[test]
fn a_last_run_ends_early_enough_to_send() {
    let hang = async |number: u8| match number {
        1 => Ok(()),
        _ => std::future::pending::<Result<(), String>>().await,
    };
    for receive in [RUNS - 1, RUNS] {
        let slow = batch().slow_sqs(Duration::from_secs(2), Duration::ZERO);
        let report = slow
            .message(message("1", 1, 0))
            .message(message("2", receive, 0))
            .message(message("1", RUNS, 0))
            .run(hang);

        let is_sent = receive == RUNS;
        // The last one was not begun: its extra receive sends it on.
        let expected: &[_] = if is_sent { &["m3"] } else { &["m2", "m3"] };
        assert_eq!(report.failed(), expected);
        let reasons: Vec<_> = report
            .sent_to_dlq()
            .iter()
            .map(|it| it.reason.as_str())
            .collect();
        assert_eq!(reasons, ["out of time"][usize::from(!is_sent)..]);
        // At 26.5 s, three seconds before the answer.
        let sent = if is_sent { 2_000 } else { 0 };
        assert_eq!(report.elapsed(), Duration::from_millis(26_500 + sent));
    }
}

#[test]
fn an_sqs_that_does_not_answer_costs_no_more_than_the_time_that_is_kept() {
    let lost = batch().slow_sqs(Duration::from_secs(600), Duration::ZERO);
    let report = run(lost
        .message(message("2", RUNS, 0))
        .message(message("1", RUNS, 0)));

    assert_eq!(report.failed(), ["m1"]);
    assert_eq!(report.elapsed(), Duration::from_secs(3));
}

fn fifo() -> Batch {
    Batch::fifo().redrive_rounds(3).max_receive_count(RUNS)
}

#[test]
fn a_group_continues_after_a_record_that_was_sent_on() {
    for is_sent in [true, false] {
        let batch = fifo()
            .message(message("2", RUNS, 0).group("A"))
            .message(message("3", RUNS, 0).group("A"))
            .message(message("1", RUNS, 0).group("A"))
            .message(message("1", 1, 0).group("B"));
        let report = match is_sent {
            true => run(batch),
            false => run(batch.dlq_refuses()),
        };

        let ids: Vec<_> = report
            .sent_to_dlq()
            .iter()
            .map(|it| it.id.as_str())
            .collect();
        match is_sent {
            true => {
                assert_eq!(report.failed(), Vec::<&str>::new());
                assert_eq!(ids, ["m1", "m2"]);
                assert_eq!(report.attempts("m3"), 1);
            }
            false => {
                assert_eq!(report.failed(), ["m1", "m2", "m3"]);
                assert_eq!(report.attempts("m2"), 0);
            }
        }
        assert_eq!(report.attempts("m4"), 1);
    }
}

#[test]
fn an_extra_receive_is_sent_on_behind_a_failure_too() {
    let report = run(fifo()
        .message(message("2", 1, 0).group("A"))
        .message(message("3", RUNS + 1, 0).group("A"))
        .message(message("1", 1, 0).group("A")));

    // SQS would move it uncounted.
    assert_eq!(report.failed(), ["m1", "m3"]);
    assert_eq!(
        report.sent_to_dlq(),
        [sent("m2", "3", "invocation ended", Some(1))]
    );
}

#[test]
fn what_the_time_has_cut_off_is_sent_on_from_a_group_too() {
    let report = fifo()
        .message(message("2", RUNS, 0).group("A"))
        .message(message("1", RUNS, 0).group("A"))
        .message(message("1", RUNS + 1, 0).group("B"))
        .message(message("1", RUNS + 1, 0).group("B"))
        .run(async |_: u8| std::future::pending::<Result<(), String>>().await);

    assert_eq!(report.failed(), ["m2"]);
    let sent: Vec<_> = report
        .sent_to_dlq()
        .iter()
        .map(|it| (&*it.id, &*it.reason))
        .collect();
    assert_eq!(
        sent,
        [
            ("m1", "out of time"),
            ("m3", "invocation ended"),
            ("m4", "invocation ended")
        ]
    );
}

#[test]
fn a_permanent_failure_is_counted_too() {
    let refused = |batch: Batch| {
        batch
            .message(message("x", 1, 0))
            .message(message("x", 1, 3))
            .message(message("x", RUNS, 1))
    };
    let report = run(refused(batch().permanent_to_dlq()));
    let rounds = |all: &[SentMessage]| all.iter().map(|it| it.round).collect::<Vec<_>>();
    assert_eq!(rounds(report.sent_to_dlq()), [Some(1), Some(2)]);
    assert_eq!(rounds(report.parked()), [Some(4)]);

    let report = run(refused(batch().park_permanent()));
    assert!(report.sent_to_dlq().is_empty());
    assert_eq!(rounds(report.parked()), [Some(1), Some(4), Some(2)]);

    // Without rounds, as before.
    let report = run(refused(Batch::new().permanent_to_dlq()));
    assert_eq!(rounds(report.sent_to_dlq()), [None, None, None]);
}

#[test]
fn without_rounds_a_last_run_is_reported() {
    let report = run(Batch::new()
        .message(message("2", RUNS, 0))
        .message(message("1", 1, 0)));

    assert_eq!(report.failed(), ["m1"]);
    assert!(report.sent_to_dlq().is_empty());
}
