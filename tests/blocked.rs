//! Handlers that block their thread: the answer comes in time all the same.

use std::time::Duration;

use redrive_tests::binary::binary;
use redrive_tests::runtime_api::{self, Ran};
use redrive_tests::sqs_event::sqs_event;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(3);

fn run(fixture: &str, limit: Duration, events: &[Value]) -> Ran {
    let binary = binary("redrive-fixtures", fixture);
    let json = ("AWS_LAMBDA_LOG_FORMAT", "JSON");
    runtime_api::run(&binary, fixture, &[json], limit, events)
}

fn reported(ids: &[&str]) -> Value {
    let failures: Vec<_> = ids
        .iter()
        .map(|id| json!({ "itemIdentifier": id }))
        .collect();
    json!({ "batchItemFailures": failures })
}

fn ids(lines: &[Value]) -> Vec<&str> {
    lines
        .iter()
        .filter_map(|line| line["messageId"].as_str())
        .collect()
}

#[test]
fn finished_records_are_not_reported_with_one_that_blocks_past_the_deadline() {
    let numbers: Vec<_> = (1..10).map(|number| format!("m{number}")).collect();
    let mut messages: Vec<_> = numbers
        .iter()
        .map(|id| (id.as_str(), json!("succeed")))
        .collect();
    messages.push(("blocked", json!({ "block": 8_000 })));

    let ran = run("steps", LIMIT, &[sqs_event("orders", &messages)]);

    assert_eq!(
        ran.posts,
        [("invocation/r1/response".to_owned(), reported(&["blocked"]))]
    );
    assert!(ran.after[0] < LIMIT, "{:?}", ran.after);
    assert_eq!(
        ids(&ran.lines("attempt_abandoned")),
        ["blocked"],
        "{}",
        ran.log
    );
    assert!(!ran.ended, "one thread is left: {}", ran.log);
}

#[test]
fn a_blocked_attempt_is_given_up_after_its_limit_and_nothing_after_it_runs() {
    let first = [
        ("m1", json!("succeed")),
        ("m2", json!({ "block": 1_500 })),
        ("m3", json!("succeed")),
    ];
    let second = [("m4", json!({ "sleep": 300 })), ("m5", json!("succeed"))];
    let third = [("m6", json!({ "block_in_place": 400 }))];
    let events = [
        sqs_event("orders", &first),
        sqs_event("orders", &second),
        sqs_event("orders", &[("m7", json!({ "sleep": 450 }))]),
        sqs_event("orders", &[("m8", json!({ "sleep": 450 }))]),
        sqs_event("orders", &third),
    ];

    let ran = run("limited", Duration::from_secs(5), &events);

    let answers: Vec<_> = ran.posts.iter().map(|(_, answer)| answer.clone()).collect();
    let none = reported(&[]);
    assert_eq!(
        answers,
        [
            reported(&["m2", "m3"]),
            none.clone(),
            none.clone(),
            none.clone(),
            none
        ],
        "{}",
        ran.log
    );
    assert!(
        ran.after[0] < Duration::from_millis(1_400),
        "{:?}",
        ran.after
    );
    // Once: it is not retried in the invocation.
    let failed = ran.lines("blocks its thread");
    assert_eq!(ids(&failed)[0], "m2", "{}", ran.log);
    assert_eq!(failed[0]["failure"], "attempt_timeout");
    assert_eq!(ran.lines("trying again").len(), 0, "{}", ran.log);
    assert_eq!(
        ids(&ran.lines("abandoned_attempt_ended")),
        ["m2"],
        "{}",
        ran.log
    );
}

#[test]
fn a_blocked_attempt_stops_its_message_group_and_no_other() {
    let mut event = sqs_event(
        "orders.fifo",
        &[
            ("a1", json!({ "block": 3_000 })),
            ("b1", json!("succeed")),
            ("a2", json!("succeed")),
            ("b2", json!("succeed")),
        ],
    );
    for (index, group) in ["a", "b", "a", "b"].into_iter().enumerate() {
        event["Records"][index]["attributes"]["MessageGroupId"] = json!(group);
    }

    let ran = run("parallel", Duration::from_secs(5), &[event]);

    assert_eq!(
        ran.posts,
        [("invocation/r1/response".to_owned(), reported(&["a1", "a2"]))],
        "{}",
        ran.log
    );
    assert!(
        ran.after[0] < Duration::from_millis(2_800),
        "{:?}",
        ran.after
    );
}

#[test]
fn lanes_run_on_several_threads() {
    let block = json!({ "block": 1_200 });
    let messages = [("m1", block.clone()), ("m2", block)];

    let ran = run(
        "parallel",
        Duration::from_secs(5),
        &[sqs_event("orders", &messages)],
    );

    assert_eq!(ran.posts[0].1, reported(&[]), "{}", ran.log);
    assert!(
        ran.after[0] < Duration::from_millis(2_300),
        "{:?}",
        ran.after
    );
}

/// The thread that the second one blocks is by then the one that waits for timers.
#[test]
fn attempts_that_wait_go_on_while_another_one_blocks() {
    let messages = [
        ("m1", json!({ "sleep": 60 })),
        ("m2", json!({ "sleep_and_block": 2_000 })),
        ("m3", json!({ "sleep": 60 })),
        ("m4", json!({ "sleep": 60 })),
    ];

    let ran = run(
        "several",
        Duration::from_secs(5),
        &[sqs_event("orders", &messages)],
    );

    assert_eq!(ran.posts[0].1, reported(&["m2"]), "{}", ran.log);
    assert_eq!(ids(&ran.lines("record_failed")), ["m2"], "{}", ran.log);
}

#[test]
fn a_process_whose_threads_are_all_blocked_answers_and_ends() {
    let event = |id| {
        sqs_event(
            "orders",
            &[("m0", json!("succeed")), (id, json!({ "block": 60_000 }))],
        )
    };

    let ran = run(
        "limited",
        Duration::from_secs(5),
        &(1..=9).map(|_| event("m1")).collect::<Vec<_>>(),
    );

    assert!(ran.ended, "{}", ran.log);
    assert!(ran.posts.len() > 1, "{:?}", ran.posts);
    for (_, answer) in &ran.posts {
        assert_eq!(*answer, reported(&["m1"]));
    }
    let reason = ran.lines("abandoned attempts block the threads");
    assert_eq!(reason.len(), 1, "{}", ran.log);
    assert_eq!(reason[0]["level"], "FATAL");
}
