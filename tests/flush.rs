//! `flush`: after each answer, before the next poll, and when the process ends.

use std::path::Path;
use std::time::Duration;

use redrive_tests::binary::{aborting, binary};
use redrive_tests::runtime_api::{self, NO_EXTENSIONS, Ran};
use redrive_tests::sqs_event::sqs_event;
use serde_json::json;

fn run(environment: &[(&str, &str)], limit: Duration, steps: &[&str]) -> Ran {
    let binary = binary("redrive-fixtures", "flushed");
    run_binary(&binary, environment, limit, steps)
}

fn run_binary(binary: &Path, environment: &[(&str, &str)], limit: Duration, steps: &[&str]) -> Ran {
    let events: Vec<_> = steps
        .iter()
        .map(|step| {
            let step = serde_json::from_str(step).unwrap_or_else(|_| json!(step));
            sqs_event("orders", &[("m1", step)])
        })
        .collect();
    runtime_api::run(binary, "flushed", environment, limit, &events)
}

fn count(ran: &Ran, text: &str) -> usize {
    ran.log.lines().filter(|line| line.contains(text)).count()
}

#[test]
fn it_runs_after_each_answer_also_after_an_error_and_at_the_end() {
    let ran = run(
        &[("FLUSH", r#"{"sleep":50}"#)],
        Duration::from_secs(10),
        &["succeed", "refuse"],
    );

    let paths: Vec<_> = ran.posts.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(
        paths,
        ["invocation/r1/response", "invocation/r2/error"],
        "{}",
        ran.log
    );
    // Twice after an invocation, once at the end.
    assert_eq!(count(&ran, "flush ends"), 3, "{}", ran.log);
    let order: Vec<_> = ran
        .log
        .lines()
        .filter(|line| line.contains("batch handled") || line.starts_with("flush"))
        .collect();
    assert!(order[0].contains("batch handled"), "{}", ran.log);
    assert_eq!(order[1..3], ["flush begins", "flush ends"], "{}", ran.log);
    assert!(order[3].contains("batch handled"), "{}", ran.log);
    assert_eq!(count(&ran, "no extension"), 0, "{}", ran.log);
    // The process ends as one that returns from `main`.
    assert_eq!(count(&ran, "state dropped"), 1, "{}", ran.log);
    let invocation = "in r1 of arn:aws:lambda:eu-west-1:123456789012:function:f";
    assert_eq!(count(&ran, invocation), 1, "{}", ran.log);
}

#[test]
fn one_that_panics_or_hangs_is_logged_and_the_next_event_is_handled() {
    for (flush, reason) in [
        (r#""panic""#, "panicked: asked to panic"),
        (
            r#"{"sleep":60000}"#,
            "not finished 100 ms before the deadline",
        ),
        (
            r#"{"block":60000}"#,
            "not finished 100 ms before the deadline",
        ),
    ] {
        let ran = run(
            &[("FLUSH", flush)],
            Duration::from_secs(2),
            &["succeed", "succeed"],
        );

        assert_eq!(ran.posts.len(), 2, "{flush}: {}", ran.log);
        assert!(count(&ran, reason) >= 2, "{flush}: {}", ran.log);
    }
}

/// Whatever the function does until its time is up.
#[test]
fn it_has_time_after_a_batch_that_takes_as_long_as_it_may() {
    let limit = Duration::from_secs(3);
    for step in [r#"{"sleep":60000}"#, r#"{"block":60000}"#] {
        let ran = run(&[("FLUSH", r#"{"sleep":800}"#)], limit, &[step]);

        assert_eq!(ran.posts[0].0, "invocation/r1/error", "{step}: {}", ran.log);
        // By the attribute's timeout of 10 s: 1 s and 100 ms before the deadline.
        let latest = limit - Duration::from_millis(1_100);
        assert!(ran.after[0] < latest, "{step}: {:?}", ran.after);
        assert_eq!(count(&ran, "flush ends"), 1, "{step}: {}", ran.log);
        assert_eq!(count(&ran, "`flush` failed"), 1, "{step}: {}", ran.log);
    }
}

#[test]
fn without_it_no_extension_is_registered() {
    let binary = binary("redrive-fixtures", "steps");
    let event = sqs_event("steps", &[("m1", json!("succeed"))]);
    let limit = Duration::from_secs(10);
    let ran = runtime_api::run(&binary, "steps", &[NO_EXTENSIONS], limit, &[event]);

    assert_eq!(ran.posts.len(), 1, "{}", ran.log);
    assert_eq!(count(&ran, "no extension"), 0, "{}", ran.log);
}

#[test]
fn an_engine_without_extensions_is_one_warning() {
    let limit = Duration::from_secs(10);
    for binary in [
        binary("redrive-fixtures", "flushed"),
        aborting("redrive-fixtures", "flushed"),
    ] {
        let ran = run_binary(&binary, &[NO_EXTENSIONS], limit, &["succeed", "succeed"]);

        assert_eq!(ran.posts.len(), 2, "{}", ran.log);
        assert_eq!(count(&ran, "flush ends"), 2, "{}", ran.log);
        let warning = "WARN no extension could be registered";
        assert_eq!(count(&ran, warning), 1, "{}", ran.log);
        assert_eq!(count(&ran, "403 Forbidden"), 1, "{}", ran.log);
        assert_eq!(count(&ran, "panicked"), 0, "{}", ran.log);
        assert!(ran.ended_at_sigterm, "{}", ran.log);
    }
}
