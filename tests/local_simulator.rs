//! The user's real binary in the local simulator, as worker and as redrive
//! function: mostly the `orders` example.

#[path = "local_simulator/given.rs"]
mod given;
#[path = "local_simulator/idempotency.rs"]
mod idempotency;
#[path = "local_simulator/refusals.rs"]
mod refusals;
#[path = "local_simulator/rounds.rs"]
mod rounds;
#[path = "local_simulator/service.rs"]
mod service;
#[path = "local_simulator/simulation.rs"]
mod simulation;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use redrive_local::{EventKind, Fate};
use redrive_syntax::Function;
use redrive_syntax::schedule::Schedule;
use redrive_tests::process::Killed;
use redrive_tests::workspace;
use serde_json::Value;
use simulation::Run;

/// `cargo redrive run -p orders`, as a user types it.
fn cargo_redrive(arguments: &[&str]) -> Output {
    let mut command: Command = workspace::cargo();
    command
        .args(["redrive", "run", "-p", "orders"])
        .args(arguments);
    command.output().expect("cargo runs")
}

fn json_lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// `cargo redrive explain`, as a user types it.
fn explain(arguments: &[&str]) -> Output {
    let mut command: Command = workspace::cargo();
    command.args(["redrive", "explain"]).args(arguments);
    command.output().expect("cargo runs")
}

#[test]
fn a_function_is_explained_by_what_happens_to_its_messages() {
    let output = explain(&["-p", "orders", "--function", "process_order"]);
    let page = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for text in [
        "## `process_order` of binary `orders`\n",
        "at most 20 runs over about 10 d, then parked until a person decides",
        "choose `orders` as custom destination",
        "Permissions:\n",
    ] {
        assert!(page.contains(text), "{text} is not in:\n{page}");
    }
    assert_eq!(page.matches("## ").count(), 1, "{page}");

    let output = explain(&["-p", "orders", "--function", "process_orders"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let error = "error: the package `orders` has no function `process_orders`\n\
                 note: its functions are process_order\n";
    assert!(errors.ends_with(error), "{errors}");
}

#[test]
fn the_example_ends_as_its_messages_file_describes() {
    let output = cargo_redrive(&["--json"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = json_lines(&output);
    let summary = lines.last().unwrap();
    assert_eq!(summary["type"], "summary");
    let fates: Vec<_> = summary["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| {
            let text = |name: &str| message[name].as_str().unwrap_or_default();
            let number = |name: &str| message[name].as_u64().unwrap_or_default();
            (
                text("name"),
                text("fate"),
                number("attempt"),
                number("redrives"),
            )
        })
        .collect();
    assert_eq!(
        fates,
        [
            ("order 1", "completed", 1, 0),
            ("order 2", "completed", 1, 0),
            ("order 3", "completed", 3, 0),
            ("order 4", "parked", 0, 3),
            ("order 5", "parked", 0, 3),
            ("order 6", "completed", 1, 2),
            ("order 7", "completed", 1, 0),
        ]
    );
    let reason = |index: usize| summary["messages"][index]["reason"].as_str().unwrap();
    assert_eq!(summary["ended_by"], "empty");
    assert!(
        reason(3).starts_with("the body does not match"),
        "{}",
        reason(3)
    );
    assert!(
        reason(4).contains("attempt to divide by zero"),
        "{}",
        reason(4)
    );
}

#[test]
fn one_seed_gives_one_timeline() {
    let events = |seed: &str| -> Vec<(Value, Value, Value)> {
        json_lines(&cargo_redrive(&["--json", "--seed", seed, "--until", "1"]))
            .into_iter()
            .map(|line| {
                let part = |name: &str| line[name].clone();
                (part("event"), part("message"), part("message_id"))
            })
            .collect()
    };
    assert_eq!(events("1"), events("1"));
    assert_ne!(events("1"), events("2"));
}

#[test]
fn all_bad_messages_are_reported() {
    let folder = workspace::temporary();
    let events = folder.path().join("messages.jsonl");
    std::fs::write(&events, "no JSON\n{\"body\": 1}\n{\"name\": \"x\"}\n").unwrap();
    let output = cargo_redrive(&["--events", events.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("line 1: ") && errors.contains("line 3: "),
        "{errors}"
    );
    assert!(!errors.contains("line 2: "), "{errors}");
}

#[test]
fn a_missing_file_of_messages_shows_what_a_line_looks_like() {
    let folder = workspace::temporary();
    let events = folder.path().join("messages.jsonl");
    let output = cargo_redrive(&["--events", events.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    let line = errors
        .lines()
        .find(|line| line.trim_start().starts_with('{'));
    std::fs::write(&events, line.unwrap()).unwrap();
    let output = cargo_redrive(&["--events", events.to_str().unwrap(), "--until", "1"]);
    assert!(output.status.success());
}

#[cfg(unix)]
#[test]
fn messages_may_come_through_a_pipe() {
    let mut command: Command = workspace::cargo();
    command
        .args(["redrive", "run", "-p", "orders", "--json", "--until", "0"])
        .args(["--events", "/dev/stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = Killed(command.spawn().expect("cargo runs"));
    let mut pipe = child.0.stdin.take().unwrap();
    pipe.write_all(b"{\"name\": \"piped\", \"body\": 1}\n")
        .unwrap();
    drop(pipe);
    let mut output = String::new();
    let mut stdout = child.0.stdout.take().unwrap();
    stdout.read_to_string(&mut output).unwrap();
    assert!(child.0.wait().unwrap().success());
    assert!(output.contains("\"name\":\"piped\""), "{output}");
}

#[test]
fn the_smallest_example_has_messages() {
    let output = workspace::cargo()
        .args(["redrive", "run", "-p", "minimal", "--json"])
        .output()
        .expect("cargo runs");
    let lines = json_lines(&output);
    let fates: Vec<_> = lines.last().unwrap()["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["fate"].as_str().unwrap())
        .collect();
    assert_eq!(fates, ["completed", "completed", "in_dlq"]);
}

#[test]
fn an_unknown_package_lists_the_known_ones() {
    let output = workspace::cargo()
        .args(["redrive", "run", "-p", "no-such-package"])
        .output()
        .expect("cargo runs");
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("no-such-package") && errors.contains("orders"),
        "{errors}"
    );
}

/// Runs `orders` with its attribute changed.
fn run(change: impl FnOnce(&mut Function), scenario: &str) -> Run {
    let dependencies = [("payments", "PAYMENTS_URL"), ("warehouse", "WAREHOUSE_URL")];
    let dependencies: String = dependencies
        .iter()
        .map(|(name, env)| format!("{{\"dependency\":\"{name}\",\"env\":\"{env}\"}}\n"))
        .collect();
    simulation::run(
        "orders",
        "orders",
        change,
        &format!("{dependencies}{scenario}"),
    )
}

fn order(name: &str, id: u32, sku: &str) -> String {
    format!(
        "{{\"name\":\"{name}\",\"body\":{{\"id\":{id},\"sku\":\"{sku}\",\"quantity\":1,\
         \"total_cents\":100}}}}\n"
    )
}

/// The binary was built with a redrive, so it needs the queues of one; these are not used.
fn without_redrive(function: &mut Function) {
    function.dlq_redrive = None;
    for url in ["REDRIVE_DLQ_URL", "REDRIVE_PARKING_URL"] {
        function
            .env
            .insert(url.to_owned(), "http://localhost/unused".into());
    }
}

/// Where a pick of a sofa takes longer than the three seconds of an invocation.
fn run_out_of_time(orders: &str) -> Run {
    let slow =
        r#"{"dependency":"warehouse","env":"WAREHOUSE_URL","path":"/picks/sofa","takes":"1m"}"#;
    run(
        |function| {
            function.timeout = Duration::from_secs(3);
            function.max_receive_count = 1;
            without_redrive(function);
        },
        &(orders.to_owned() + slow),
    )
}

#[test]
fn a_function_slower_than_its_timeout_fails_only_what_is_not_completed() {
    let scenario = order("good", 1, "lamp") + &order("slow", 2, "sofa");
    let ended = run_out_of_time(&scenario);
    assert!(matches!(
        ended.summary.messages[0].fate,
        Fate::Completed { receive: 1, .. }
    ));
    assert!(matches!(ended.summary.messages[1].fate, Fate::InDlq { .. }));
    // The worker answered before Lambda would have ended it.
    assert_eq!(ended.summary.counts.failed_invocations, 0);
    assert_eq!(
        ended.reasons("slow"),
        ["out of time (`timeout` is 3 s, `attempt_timeout` is not set), in attempt 1"]
    );
}

#[test]
fn a_message_that_was_not_processed_has_a_reason() {
    let scenario = order("a", 1, "sofa") + &order("b", 2, "sofa");
    let ended = run_out_of_time(&scenario);
    // A standard queue has no order: either may be the first.
    let mut reasons = [ended.reasons("a"), ended.reasons("b")].concat();
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        [
            "not processed: out of time (`timeout` is 3 s, `attempt_timeout` is not set)",
            "out of time (`timeout` is 3 s, `attempt_timeout` is not set), in attempt 1",
        ]
    );
}

/// Waits for the first line of a run's output.
fn wait_for_a_line(child: &mut Child) -> BufReader<ChildStdout> {
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    assert!(line.contains("sent"), "{line}");
    lines
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_with_what_happened_so_far() {
    let mut command: Command = workspace::cargo();
    command
        .args(["redrive", "run", "-p", "orders", "--real-time"])
        .stdout(Stdio::piped());
    let mut child = Killed(command.spawn().expect("cargo runs"));
    let mut output = wait_for_a_line(&mut child.0);
    let interrupt = Command::new("kill")
        .args(["-INT", &child.0.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert_eq!(child.0.wait().unwrap().code(), Some(130));
    assert!(rest.contains("\n7 messages: "), "{rest}");
    assert!(!rest.contains("crashed"), "{rest}");
    let last = rest.lines().last().unwrap();
    assert_eq!(last, "interrupted before the end");
}

#[test]
fn a_batch_of_failures_only_is_a_failed_invocation() {
    let ended = run(
        |function| {
            function.max_receive_count = 1;
            without_redrive(function);
        },
        "{\"name\":\"a\",\"body\":\"no JSON\"}\n{\"name\":\"b\",\"body\":\"nor this\"}",
    );
    assert_eq!(ended.summary.counts.failed_invocations, 1);
    assert!(ended.reasons("a")[0].starts_with("the body does not match"));
}

fn redrive(function: &mut Function, schedule: &str, rate: u32) {
    function.dlq_redrive = Some(Schedule::parse(schedule).unwrap());
    function.redrive_timezone = "UTC".to_owned();
    function.redrive_max_per_second = Some(rate);
}

#[test]
fn a_redrive_while_one_is_running_is_a_good_outcome() {
    let scenario: String = (0..70)
        .map(|number| format!("{{\"name\":\"{number}\",\"body\":\"no JSON {number}\"}}\n"))
        .collect();
    let ended = run(
        |function| {
            function.max_receive_count = 1;
            // All are in the DLQ well before the first redrive.
            function.timeout = Duration::from_secs(10);
            function.visibility_timeout = Duration::from_secs(10);
            // One message in a second: 70 take longer than a minute.
            redrive(function, "rate(1 minute)", 1);
        },
        &scenario,
    );
    let answers: Vec<_> = ended
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::RedriveAnswered { answer, .. } => answer["outcome"].as_str(),
            _ => None,
        })
        .collect();
    assert_eq!(answers[..2], ["started", "already_running"]);
}

#[test]
fn a_redrive_function_with_a_bad_environment_says_what_is_wrong_three_times() {
    let ended = run(
        |function| {
            function.max_receive_count = 1;
            redrive(function, "rate(1 day)", 501);
        },
        "{\"name\":\"a\",\"body\":\"no JSON\"}",
    );
    let failures: Vec<_> = ended
        .events
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::RedriveFailed {
                reason, retry_in, ..
            } => Some((reason, *retry_in)),
            _ => None,
        })
        .collect();
    assert!(
        failures
            .iter()
            .all(|(reason, _)| reason.contains("REDRIVE_RATE")),
        "{failures:?}"
    );
    let waits: Vec<_> = failures.iter().map(|(_, retry_in)| *retry_in).collect();
    let once = [Some(60), Some(120), None];
    assert_eq!(waits, [once; 3].concat());
    assert_eq!(ended.summary.messages[0].redrives, 0);
}

#[test]
fn a_redrive_completes_what_works_again() {
    let scenario = order("late", 1, "sofa")
        + r#"{"dependency":"warehouse","env":"WAREHOUSE_URL","path":"/picks","down_until":"6h"}"#;
    let ended = run(
        |function| redrive(function, "rate(12 hours)", 500),
        &scenario,
    );
    assert!(matches!(
        ended.summary.messages[0].fate,
        Fate::Completed { receive: 1, .. }
    ));
    assert_eq!(ended.summary.messages[0].redrives, 1);
    let lived = ended.summary.ended.duration_since(ended.summary.started);
    assert!(lived.as_secs_f64() < Duration::from_secs(12 * 3600 + 60).as_secs_f64());
}

#[test]
fn messages_that_cannot_be_sent_have_a_help() {
    let folder = workspace::temporary();
    let events = folder.path().join("messages.jsonl");
    let refusal = |lines: &str| {
        std::fs::write(&events, lines).unwrap();
        let output = cargo_redrive(&["--events", events.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let nothing = refusal("# nothing\n");
    assert!(nothing.contains("contains no message"), "{nothing}");
    let nowhere = refusal("{\"body\": 1, \"queue\": \"nope\"}\n");
    assert!(
        nowhere.contains("`nope`") && nowhere.contains("one of: orders"),
        "{nowhere}"
    );
    let twice = refusal("{\"body\": 1, \"queue\": \"a\"}\n{\"body\": 1, \"queue\": \"b\"}\n");
    let errors = twice.lines().filter(|line| line.starts_with("error: "));
    assert_eq!(errors.count(), 2, "{twice}");
    let torn = refusal("{\"body\": \n");
    assert!(
        torn.contains("line 1: not JSON") && torn.contains(" at column 8"),
        "{torn}"
    );
}
