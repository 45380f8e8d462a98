//! What is left of panics that end the process.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use redrive_tests::binary::{self, binary};
use redrive_tests::runtime_api::{self, Ran};
use redrive_tests::sqs_event::sqs_event;
use serde_json::{Value, json};

const JSON: (&str, &str) = ("AWS_LAMBDA_LOG_FORMAT", "JSON");

fn run(binary: &Path, environment: &[(&str, &str)], ask: Value) -> Ran {
    let event = sqs_event("orders", &[("m1", ask)]);
    let limit = Duration::from_secs(10);
    runtime_api::run(binary, "logged", environment, limit, &[event])
}

fn aborting() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| binary::aborting("redrive-fixtures", "logged"))
}

#[test]
fn where_a_panic_aborts_it_is_told_first() {
    let ran = run(aborting(), &[JSON], json!("panic"));
    let lines = ran.lines("asked to panic");

    assert!(ran.ended);
    assert_eq!(lines.len(), 1, "{}", ran.log);
    assert_eq!(lines[0]["level"], "ERROR");
    assert_eq!(lines[0]["messageId"], "m1");
    assert_eq!(lines[0]["requestId"], "r1");
    assert!(lines[0]["message"].as_str().unwrap().contains("logged.rs:"));

    let ran = run(aborting(), &[], json!("panic"));
    assert!(ran.log.contains("ERROR panicked at"), "{}", ran.log);
    assert!(ran.log.contains(" messageId=\"m1\""), "{}", ran.log);
}

#[test]
fn where_a_panic_aborts_a_subscriber_of_ones_own_need_not_tell() {
    let ran = run(aborting(), &[("OWN_SUBSCRIBER", "1")], json!("panic"));

    assert!(ran.ended);
    assert_eq!(ran.log.matches("asked to panic").count(), 1, "{}", ran.log);
}

#[test]
fn a_second_panic_on_the_way_out_tells_both() {
    let binary = binary("redrive-fixtures", "logged");
    let ran = run(&binary, &[], json!("panic_twice"));

    assert!(ran.ended);
    for text in [
        "asked to panic",
        "and again in a destructor",
        "messageId=\"m1\"",
    ] {
        assert!(ran.log.contains(text), "{text}: {}", ran.log);
    }
}

#[test]
fn a_panic_of_no_record_is_a_json_line_too() {
    let binary = binary("redrive-fixtures", "logged");
    let ran = run(&binary, &[JSON], json!("panic_elsewhere"));

    assert_eq!(ran.lines("asked to panic")[0]["level"], "ERROR");
    for line in ran.log.lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
    }
}
