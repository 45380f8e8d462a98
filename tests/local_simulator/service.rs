//! A service among others: topics, and queues that exist.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Output, Stdio};

use redrive_tests::process::Killed;
use redrive_tests::python::Venv;
use redrive_tests::workspace;
use serde_json::Value;

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:orders";

fn cargo_redrive(arguments: &[&str]) -> Command {
    let mut command: Command = workspace::cargo();
    command
        .args(["redrive", "run", "-p", "redrive-service", "--json"])
        .args(arguments);
    command
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

#[test]
fn messages_of_a_topic_reach_the_functions_whose_filters_let_them_through() {
    let output = cargo_redrive(&["--until", "1"]).output();
    let output = output.expect("cargo runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = lines(&output);
    let summary = lines.last().expect("a summary");
    let fates: Vec<_> = summary["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| {
            let text = |name: &str| message[name].as_str().unwrap_or_default();
            (text("name"), text("fate"), text("queue"), text("reason"))
        })
        .collect();
    let filtered = "its attributes do not match `filter_policy`";
    // The functions are in the order of their binaries' names.
    let expected = [
        ("lamp (shipments)", "not_delivered", "shipments", filtered),
        ("lamp (orders-dev)", "completed", "", ""),
        (
            "sofa (shipments)",
            "in_dlq",
            "shipments-dead",
            "no sofa to ship, kind rush",
        ),
        ("sofa (orders-dev)", "not_delivered", "orders-dev", filtered),
        ("test (shipments)", "not_delivered", "shipments", filtered),
        ("test (orders-dev)", "not_delivered", "orders-dev", filtered),
        ("rug", "completed", "", ""),
        // What the first function sent on.
        ("message 8", "completed", "", ""),
    ];
    assert_eq!(fates, expected);
    // A queue that exists is as its keys declare it.
    let redriven = |line: &&Value| line["event"] == "redriven";
    let redriven: Vec<_> = lines.iter().filter(redriven).collect();
    assert_eq!(redriven.len(), 1, "{redriven:?}");
    assert_eq!(redriven[0]["from"], "shipments-dead");
    let differs = lines
        .iter()
        .any(|line| line.to_string().contains("queue_differs"));
    assert!(!differs, "{lines:?}");
}

#[test]
fn senders_may_publish_while_it_runs() {
    let folder = workspace::temporary();
    let events = folder.path().join("messages.jsonl");
    // It waits in the DLQ for a redrive, so that the run does not end.
    let line = r#"{"name": "sofa", "queue": "shipments", "body": {"sku": "sofa"}}"#;
    std::fs::write(&events, line).expect("a new file");
    let mut command = cargo_redrive(&["--real-time", "--events"]);
    command.arg(&events);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Killed(command.spawn().expect("cargo runs"));
    let stderr = BufReader::new(child.0.stderr.take().expect("a pipe"));
    let running = stderr.lines().map(|line| line.expect("text"));
    let endpoint = running
        .filter_map(|line| Some(line.split_once("SQS and SNS at ")?.1.to_owned()))
        .next()
        .expect("the address");
    let aws = |arguments: &[&str]| {
        let mut command = Command::new(Venv::of("aws").program("aws"));
        command
            .args(["--endpoint-url", &endpoint, "--output", "json", "sns"])
            .args(arguments)
            .env("HOME", folder.path())
            .env("NO_PROXY", "127.0.0.1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test");
        command.output().expect("the AWS command line runs")
    };
    let rush = r#"{"kind": {"DataType": "String", "StringValue": "rush"}}"#;
    let publish = |topic: &str| {
        let body = r#"{"sku": "<lamp> & more"}"#;
        let message = ["--message", body, "--message-attributes", rush];
        aws(&[&["publish", "--topic-arn", topic][..], &message].concat())
    };
    let published = publish(TOPIC);
    assert!(published.status.success(), "{published:?}");
    let answer: Value = serde_json::from_slice(&published.stdout).expect("JSON");
    assert_eq!(
        answer["MessageId"].as_str().map(str::len),
        Some(36),
        "{answer}"
    );

    let entry = |id: &str, more: &str| {
        format!(
            r#"{{"Id": "{id}", "Message": "{{\"sku\": \"rug\"}}", "MessageAttributes": {rush}{more}}}"#
        )
    };
    let bad = entry("bad", r#", "MessageDeduplicationId": "d""#);
    let entries = format!("[{}, {bad}]", entry("good", ""));
    let batch = [
        "--topic-arn",
        TOPIC,
        "--publish-batch-request-entries",
        &entries,
    ];
    let published = aws(&[&["publish-batch"][..], &batch].concat());
    assert!(published.status.success(), "{published:?}");
    let answer: Value = serde_json::from_slice(&published.stdout).expect("JSON");
    assert_eq!(answer["Successful"][0]["Id"], "good", "{answer}");
    assert_eq!(answer["Failed"][0]["Id"], "bad", "{answer}");
    assert_eq!(answer["Failed"][0]["Code"], "InvalidParameter", "{answer}");

    let unknown = publish(&TOPIC.replace("orders", "returns"));
    let errors = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(
        errors.contains("(NotFound)") && errors.contains("Topic does not exist"),
        "{errors}"
    );

    // Each of the two messages has a copy for each subscription.
    let stdout = BufReader::new(child.0.stdout.take().expect("a pipe"));
    let is_completed = |line: &Value| line["event"] == "completed";
    let events = stdout
        .lines()
        .map(|line| serde_json::from_str(&line.expect("text")).expect("JSON"));
    assert_eq!(events.filter(is_completed).take(2).count(), 2);
}

#[test]
fn a_topic_of_no_function_has_a_help() {
    let folder = workspace::temporary();
    let events = folder.path().join("messages.jsonl");
    let refusal = |line: &str| {
        std::fs::write(&events, line).expect("a new file");
        let mut command = cargo_redrive(&["--events"]);
        let output = command.arg(&events).output().expect("cargo runs");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let unknown = refusal(r#"{"body": 1, "topic": "returns"}"#);
    assert!(
        unknown.contains("`returns`, which is not one of `topics`")
            && unknown.contains(&format!("one of: {TOPIC}")),
        "{unknown}"
    );
    let rejected = refusal(r#"{"body": 1, "topic": "orders", "deduplication": "d"}"#);
    assert!(rejected.contains("only FIFO topics support"), "{rejected}");
}
