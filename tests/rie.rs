//! The binary in AWS's own Runtime Interface Emulator: what Lambda sees of it.
#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use redrive_tests::binary::binary;
use redrive_tests::rie::Rie;
use redrive_tests::sqs_event::sqs_event;
use redrive_tests::workspace::temporary;
use serde_json::{Value, json};

/// As the `steps` function declares.
const TIMEOUT_SECONDS: u32 = 3;

fn steps(messages: &[(&str, Value)], judge: impl FnOnce(Value, &Rie)) {
    let folder = temporary();
    let rie = Rie::start(
        &binary("redrive-fixtures", "steps"),
        "steps",
        TIMEOUT_SECONDS,
        folder.path(),
    );
    judge(rie.invoke(&sqs_event("steps", messages)), &rie);
}

fn failures(ids: &[&str]) -> Value {
    let items: Vec<Value> = ids
        .iter()
        .map(|id| json!({ "itemIdentifier": id }))
        .collect();
    json!({ "batchItemFailures": items })
}

#[test]
fn a_good_batch_has_no_failures() {
    let good = [("a", json!("succeed")), ("b", json!({ "sleep": 1 }))];
    steps(&good, |answer, _| assert_eq!(answer, failures(&[])));
}

#[test]
fn only_the_failed_messages_are_reported() {
    let mixed = [
        ("a", json!("succeed")),
        ("b", json!("fail")),
        ("c", json!({ "not": "a step" })),
        ("d", json!("succeed")),
        ("e", json!("refuse")),
    ];
    steps(&mixed, |answer, _| {
        assert_eq!(answer, failures(&["b", "c", "e"]));
    });
}

#[test]
fn a_panic_fails_its_own_message_and_not_the_process() {
    let mixed = [("a", json!("panic")), ("b", json!("succeed"))];
    steps(&mixed, |answer, rie| {
        assert_eq!(answer, failures(&["a"]));
        let next = rie.invoke(&sqs_event("steps", &[("c", json!("succeed"))]));
        assert_eq!(next, failures(&[]));
        assert!(rie.log().contains("asked to panic"), "{}", rie.log());
    });
}

#[test]
fn a_batch_that_failed_as_a_whole_is_an_error_that_lists_it() {
    let bad = [("a", json!("fail")), ("b", json!("panic"))];
    steps(&bad, |answer, _| {
        let message = answer["errorMessage"].as_str().expect("an error");
        assert!(message.contains('a') && message.contains('b'), "{message}");
        assert!(answer["errorType"].is_string(), "{answer}");
    });
}

#[test]
fn what_the_time_does_not_suffice_for_is_reported_in_time() {
    let slow = [
        ("a", json!("succeed")),
        ("b", json!({ "sleep": 60_000 })),
        ("c", json!("succeed")),
    ];
    let start = Instant::now();
    steps(&slow, |answer, _| {
        // Lambda's own answer would be the text of a time-out.
        assert_eq!(answer, failures(&["b", "c"]));
        assert!(
            start.elapsed() >= Duration::from_secs(2),
            "the time was used"
        );
    });
}

#[test]
fn a_start_that_fails_says_why() {
    let folder = temporary();
    let rie = Rie::start(
        &binary("redrive-fixtures", "no_start"),
        "no_start",
        TIMEOUT_SECONDS,
        folder.path(),
    );
    let answer = rie.invoke(&sqs_event("no-start", &[("a", json!("succeed"))]));
    let message = answer["errorMessage"].as_str().expect("an error");
    assert!(
        message.contains("the database cannot be reached"),
        "{answer}"
    );
}
