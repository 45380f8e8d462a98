//! What a worker's binary writes to the log, line by line.

#[path = "logs/idempotency.rs"]
mod idempotency;
#[path = "logs/sqs.rs"]
mod sqs;

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use redrive_tests::binary::binary;
use redrive_tests::runtime_api::{self, Ran, TRACE_ID};
use redrive_tests::sqs_event::sqs_event;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(10);
const JSON: (&str, &str) = ("AWS_LAMBDA_LOG_FORMAT", "JSON");
const WARN: (&str, &str) = ("AWS_LAMBDA_LOG_LEVEL", "WARN");

/// In bodies, and so in no log.
const SECRET: &str = "4111-1111";

fn run(environment: &[(&str, &str)], asks: &[Value]) -> Ran {
    static BINARY: OnceLock<std::path::PathBuf> = OnceLock::new();
    let binary = BINARY.get_or_init(|| binary("redrive-fixtures", "logged"));
    // An invocation for each.
    let events: Vec<Value> = asks
        .iter()
        .map(|ask| sqs_event("orders", &[("m1", ask.clone())]))
        .collect();
    runtime_api::run(binary, "logged", environment, LIMIT, &events)
}

fn level(level: &str) -> (&'static str, &str) {
    ("AWS_LAMBDA_LOG_LEVEL", level)
}

#[test]
fn every_json_line_passes_lambdas_filter_and_says_what_it_is_of() {
    for (name, passing) in [
        ("FATAL", 1),
        ("ERROR", 1),
        ("WARN", 2),
        ("INFO", 3),
        ("DEBUG", 4),
    ] {
        let ran = run(&[JSON, level(name)], &[json!("levels")]);

        // The user's own lines; those at FATAL are the ones at ERROR.
        let lines = ran.lines("\"at ");
        assert_eq!(lines.len(), passing, "{name}: {}", ran.log);
        for line in &lines {
            assert_eq!(line["requestId"], "r1", "{line}");
            assert_eq!(line["xrayTraceId"], TRACE_ID, "{line}");
            assert_eq!(line["messageId"], "m1", "{line}");
            assert_eq!(line["attempt"], 1, "{line}");
        }
        // Where SDKs look for it.
        assert_eq!(lines[0]["header"], TRACE_ID);
        let metrics = ran.lines("\"_aws\"");
        assert_eq!(metrics.len(), 1, "{}", ran.log);
        // Never `ERROR`, which alarms count.
        let level = if name == "ERROR" { "FATAL" } else { name };
        assert_eq!(metrics[0]["level"], level);
        assert!(metrics[0]["timestamp"].as_str().unwrap().ends_with('Z'));
        assert!(metrics[0]["_aws"]["Timestamp"].is_u64());
        for line in ran.log.lines() {
            let line: Value = serde_json::from_str(line).expect(line);
            assert!(line["level"].is_string(), "{line}");
            assert!(line["timestamp"].is_string(), "{line}");
        }
    }
}

#[test]
fn an_invocation_is_one_summary_and_one_line_of_metrics() {
    let asks = [json!("levels"), json!("fail"), json!({ "no": "such ask" })];
    for format in ["JSON", "Text"] {
        for name in ["INFO", "DEBUG"] {
            let ran = run(&[("AWS_LAMBDA_LOG_FORMAT", format), level(name)], &asks);

            assert_eq!(count(&ran, "batch handled"), 3, "{}", ran.log);
            assert_eq!(count(&ran, "\"_aws\""), 3, "{}", ran.log);
        }
        let ran = run(&[("AWS_LAMBDA_LOG_FORMAT", format), WARN], &asks);
        assert_eq!(count(&ran, "batch handled"), 0, "{}", ran.log);
        assert_eq!(count(&ran, "\"_aws\""), 3, "{}", ran.log);
    }
}

#[test]
fn an_invocation_that_fails_is_one_line_beside_its_records() {
    let ran = run(&[JSON], &[json!("fail")]);
    let lines = ran.lines("BatchFailed");

    assert_eq!(lines.len(), 1, "{}", ran.log);
    assert_eq!(lines[0]["level"], "ERROR");
    assert_eq!(lines[0]["errorType"], "BatchFailed");
    assert_eq!(lines[0]["target"], "redrive");
    assert_eq!(lines[0]["requestId"], "r1");
    let message = lines[0]["message"].as_str().expect("a message");
    assert_eq!(message, ran.posts[0].1["errorMessage"], "{message}");
    assert_eq!(count(&ran, "\"level\":\"ERROR\""), 2, "{}", ran.log);
}

#[test]
fn without_metrics_there_is_no_line_of_them() {
    let binary = binary("redrive-fixtures", "unmeasured");
    let event = sqs_event("orders", &[("m1", json!("succeed"))]);
    let ran = runtime_api::run(&binary, "unmeasured", &[JSON], LIMIT, &[event]);

    assert_eq!(count(&ran, "batch handled"), 1, "{}", ran.log);
    assert_eq!(count(&ran, "_aws"), 0, "{}", ran.log);
}

#[test]
fn no_line_quotes_a_body_but_at_trace() {
    let asks = [
        json!({ "card": SECRET }),
        json!({ (SECRET): 1 }),
        json!({ "card": { (SECRET): 1 } }),
        json!(SECRET),
    ];
    for format in ["JSON", "Text"] {
        for name in ["ERROR", "WARN", "INFO", "DEBUG"] {
            let ran = run(&[("AWS_LAMBDA_LOG_FORMAT", format), level(name)], &asks);

            assert!(!ran.log.contains(SECRET), "{}", ran.log);
            assert_eq!(count(&ran, "\"malformed\""), asks.len(), "{}", ran.log);
            for (path, answer) in &ran.posts {
                assert!(!answer.to_string().contains(SECRET), "{path}: {answer}");
            }
        }
        let ran = run(
            &[("AWS_LAMBDA_LOG_FORMAT", format), level("TRACE")],
            &asks[..1],
        );
        assert!(ran.log.contains(SECRET), "{}", ran.log);
    }
}

#[test]
fn only_a_record_that_was_begun_is_told_to_be_out_of_time() {
    let binary = binary("redrive-fixtures", "steps");
    let hangs = json!({ "sleep": 60_000 });
    let event = sqs_event("steps", &[("m1", hangs), ("m2", json!("succeed"))]);
    let limit = Duration::from_secs(1);
    let ran = runtime_api::run(&binary, "steps", &[JSON], limit, &[event]);
    let lines = ran.lines("not done in time");

    assert_eq!(lines.len(), 1, "{}", ran.log);
    assert_eq!(lines[0]["level"], "ERROR");
    assert_eq!(lines[0]["messageId"], "m1");
    assert_eq!(lines[0]["attempt"], 1);
    let metrics = &ran.lines("\"_aws\"")[0];
    assert_eq!(
        (&metrics["OutOfTime"], &metrics["Failed"]),
        (&json!(2), &json!(2))
    );
}

#[test]
fn each_key_is_on_a_line_once() {
    let ran = run(&[JSON], &[json!("reserved")]);
    let line = &ran.lines("with reserved names")[0];

    for key in ["level", "timestamp", "target", "messageId", "requestId"] {
        assert_eq!(ran.log.matches(&format!("\"{key}_\":")).count(), 1, "{key}");
    }
    assert_eq!(
        (&line["level"], &line["level_"]),
        (&json!("ERROR"), &json!(3))
    );
    assert_eq!(line["messageId"], "m1");
    assert_eq!(line["messageId_"], "mine");
    assert_eq!(line["requestId"], "r1");
    assert_eq!(line["target"], "logged");
}

#[test]
fn a_task_of_its_own_says_what_its_span_does() {
    let ran = run(&[JSON], &[json!("spawned")]);
    let line = |message: &str| ran.lines(&format!("\"{message}\""))[0].clone();
    let (alone, within, named) = (line("alone"), line("within"), line("named"));

    assert_eq!(
        (alone.get("requestId"), alone.get("messageId")),
        (None, None)
    );
    assert_eq!(within["requestId"], "r1");
    assert_eq!(within["xrayTraceId"], TRACE_ID);
    assert_eq!(within["messageId"], "m1");
    assert_eq!(within["attempt"], 1);
    assert_eq!(named["requestId"], "r1");
    assert_eq!(named["messageId"], "as I say");
}

#[test]
fn a_subscriber_of_ones_own_gets_the_record_as_a_span() {
    let own = ("OWN_SUBSCRIBER", "1");
    let ran = run(&[own], &[json!("levels"), json!("spawned")]);
    let line = |message: &str| {
        let line = ran.log.lines().find(|line| line.contains(message));
        line.unwrap_or_else(|| panic!("{message}: {}", ran.log))
    };

    // It filters at WARN.
    for message in ["at error", "at warn", "within"] {
        for field in [
            "record{",
            "messageId=\"m1\"",
            "receiveCount=1",
            "attempt=1",
            "messaging.system=\"aws_sqs\"",
            "messaging.destination.name=\"orders\"",
            "messaging.message.id=\"m1\"",
        ] {
            assert!(line(message).contains(field), "{field}: {}", line(message));
        }
    }
    assert!(!line("alone").contains("m1"));
    assert!(!ran.log.contains("at info"), "{}", ran.log);
}

#[test]
fn a_line_by_the_log_crate_is_a_line_of_the_record() {
    let ran = run(&[JSON], &[json!("log_crate")]);
    let line = &ran.lines("by the log crate")[0];

    for (field, value) in [
        ("level", "ERROR"),
        ("target", "logged"),
        ("messageId", "m1"),
    ] {
        assert_eq!(line[field], value, "{line}");
    }
    assert_eq!(line["requestId"], "r1");
    assert!(
        line.as_object()
            .unwrap()
            .keys()
            .all(|key| !key.starts_with("log.")),
        "{line}"
    );
    assert!(!ran.log.contains("hidden"), "{}", ran.log);
}

#[test]
fn a_line_by_the_log_crate_in_init_is_a_line_too() {
    let ran = run(&[JSON, ("LOG_IN_INIT", "1")], &[json!("log_crate")]);
    let lines = ran.lines("in init, by the log crate");

    assert_eq!(lines.len(), 1, "{}", ran.log);
    assert_eq!(
        (&lines[0]["level"], &lines[0]["target"]),
        (&json!("ERROR"), &json!("logged"))
    );
    assert_eq!(count(&ran, "\"by the log crate\""), 1, "{}", ran.log);
    assert!(!ran.log.contains("hidden"), "{}", ran.log);
}

#[test]
fn an_init_that_installs_a_logger_is_told_what_to_install() {
    let ran = run(&[JSON, ("INSTALL_LOGGER", "1")], &[]);
    let (path, error) = &ran.posts[0];

    assert_eq!(path, "init/error", "{}", ran.log);
    let message = error["errorMessage"].as_str().expect("a message");
    assert!(
        message.contains("\nhelp: redrive has installed a logger"),
        "{message}"
    );
}

/// One that `init` installs without a logger of its own.
#[test]
fn lines_by_the_log_crate_go_to_a_subscriber_of_ones_own() {
    let ran = run(&[("OWN_SUBSCRIBER", "1")], &[json!("log_crate")]);
    let line = ran
        .log
        .lines()
        .find(|line| line.contains("by the log crate"));

    assert!(
        line.is_some_and(|line| line.contains("messageId=\"m1\"")),
        "{}",
        ran.log
    );
}

#[test]
fn init_runs_once() {
    let ran = run(&[JSON], &[json!("levels"), json!("levels")]);
    let lines = ran.lines("at error");

    assert_eq!(
        (&lines[0]["requestId"], &lines[0]["starts"]),
        (&json!("r1"), &json!(1))
    );
    assert_eq!(
        (&lines[1]["requestId"], &lines[1]["starts"]),
        (&json!("r2"), &json!(1))
    );
}

#[test]
fn an_init_that_panics_is_told_to_lambda_and_to_the_log() {
    let ran = run(&[JSON, ("PANIC_IN_INIT", "1")], &[]);
    let (path, error) = &ran.posts[0];

    assert!(ran.ended);
    assert_eq!(path, "init/error");
    let message = error["errorMessage"].as_str().expect("a message");
    assert!(message.contains("`init` panicked"), "{message}");
    assert!(message.contains("no database to be found"), "{message}");
    assert_eq!(ran.lines("cannot run")[0]["level"], "FATAL");
    assert_eq!(ran.lines("panicked at")[0]["level"], "ERROR");
    assert_eq!(ran.log.lines().count(), 2, "{}", ran.log);
}

#[test]
fn a_hook_of_the_attribute_makes_an_error_permanent() {
    let ran = run(&[JSON], &[json!("gone"), json!("fail")]);
    let lines = ran.lines("\"record failed\"");

    assert_eq!(
        (&lines[0]["failure"], &lines[0]["attempt"]),
        (&json!("permanent"), &json!(1))
    );
    assert_eq!(lines[0]["error"], "asked for Gone");
    assert_eq!(
        (&lines[1]["failure"], &lines[1]["attempt"]),
        (&json!("transient"), &json!(2))
    );
}

#[test]
fn a_queue_without_a_name_is_unknown() {
    let mut event = sqs_event("orders", &[("m1", json!("levels"))]);
    event["Records"][0]["eventSourceARN"] = json!("");
    let binary = binary("redrive-fixtures", "logged");
    let ran = runtime_api::run(Path::new(&binary), "logged", &[], LIMIT, &[event]);

    assert_eq!(ran.lines("\"_aws\"")[0]["queue"], "unknown");
}

fn count(ran: &Ran, text: &str) -> usize {
    ran.log.lines().filter(|line| line.contains(text)).count()
}
