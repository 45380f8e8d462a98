//! `cargo redrive pause` and `resume`, with a stub of the AWS CLI.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::json;

/// Answers each call from the file of its name, and writes the call to `calls`.
const AWS: &str = r#"#!/bin/sh
folder=$(dirname "$0")
echo "$*" >> "$folder/calls"
if [ -e "$folder/$2" ]; then cat "$folder/$2"; else exit 254; fi
"#;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("a new file");
        path
    };
    let aws = write("aws", AWS);
    fs::set_permissions(aws, fs::Permissions::from_mode(0o755)).expect("an executable");
    let parameter = |key, value| json!({ "ParameterKey": key, "ParameterValue": value });
    let stack = json!({ "Stacks": [{
        "Capabilities": ["CAPABILITY_IAM"],
        "Parameters": [
            parameter("NamePrefix", "dev-"),
            parameter("ProcessOrderEnabled", "true"),
            parameter("WriteReportEnabled", "false"),
            // `${DiscountEnabled}` of an attribute.
            parameter("DiscountEnabled", "true"),
        ],
        "Outputs": [
            { "OutputKey": "ProcessOrderWorkerName", "OutputValue": "shop-ProcessOrderWorker" },
            { "OutputKey": "WriteReportWorkerName", "OutputValue": "shop-WriteReportWorker" },
            { "OutputKey": "ProcessOrderQueueUrl", "OutputValue": "https://sqs/1/dev-orders" },
        ],
    }] });
    let attributes = json!({ "Attributes": {
        "ApproximateNumberOfMessages": "12",
        "ApproximateNumberOfMessagesNotVisible": "3",
        "ApproximateNumberOfMessagesDelayed": "1",
        "MessageRetentionPeriod": "345600",
    } });
    write("describe-stacks", &stack.to_string());
    write("update-stack", "{}");
    write("stack-update-complete", "");
    write("wait", "");
    write("get-queue-attributes", &attributes.to_string());
    folder
}

fn redrive(folder: &Path, arguments: &[&str]) -> Output {
    let path = format!("{}:/usr/bin:/bin", folder.display());
    Command::new(env!("CARGO_BIN_EXE_cargo-redrive"))
        .args(arguments)
        .env("PATH", path)
        .output()
        .expect("the binary runs")
}

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn calls(folder: &Path) -> String {
    fs::read_to_string(folder.join("calls")).unwrap_or_default()
}

#[test]
fn a_pause_sets_the_parameter_and_reports_what_waits() {
    let folder = folder();
    let output = redrive(folder.path(), &["pause", "shop", "-f", "process_order"]);
    let expected = "ProcessOrder: paused\n  \
        dev-orders: 12 messages wait, 3 are received, 1 is delayed\n  \
        SQS deletes a message 4 d after it was sent; to deliver them, run `cargo redrive resume shop`\n";
    assert_eq!(stdout(&output), expected);
    let parameters = json!([
        { "ParameterKey": "NamePrefix", "UsePreviousValue": true },
        { "ParameterKey": "ProcessOrderEnabled", "ParameterValue": "false" },
        { "ParameterKey": "WriteReportEnabled", "UsePreviousValue": true },
        { "ParameterKey": "DiscountEnabled", "UsePreviousValue": true },
    ]);
    let update = format!(
        "cloudformation update-stack --use-previous-template --stack-name shop --parameters {parameters} \
         --capabilities CAPABILITY_IAM --output json"
    );
    let calls = calls(folder.path());
    assert!(calls.lines().any(|call| call == update), "{calls}");
    assert!(
        calls.contains("wait stack-update-complete --stack-name shop"),
        "{calls}"
    );
}

#[test]
fn all_functions_are_resumed() {
    let folder = folder();
    let output = redrive(folder.path(), &["resume", "shop"]);
    let expected = "ProcessOrder: already resumed\n  \
        dev-orders: 12 messages wait, 3 are received, 1 is delayed\nWriteReport: resumed\n";
    assert_eq!(stdout(&output), expected);
    let calls = calls(folder.path());
    let value = json!({ "ParameterKey": "WriteReportEnabled", "ParameterValue": "true" });
    assert!(calls.contains(&value.to_string()), "{calls}");
    let own = json!({ "ParameterKey": "DiscountEnabled", "UsePreviousValue": true });
    assert!(calls.contains(&own.to_string()), "{calls}");
}

#[test]
fn a_function_that_is_paused_needs_no_update() {
    let folder = folder();
    let output = redrive(
        folder.path(),
        &["pause", "shop", "--function", "WriteReport"],
    );
    assert_eq!(stdout(&output), "WriteReport: already paused\n");
    assert!(!calls(folder.path()).contains("update-stack"));
}

#[test]
fn what_goes_wrong_has_its_exit_status() {
    let folder = folder();
    let run = |arguments: &[&str]| {
        let output = redrive(folder.path(), arguments);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), errors)
    };
    let (code, errors) = run(&["pause", "shop", "-f", "refund"]);
    assert_eq!(code, Some(2));
    assert!(
        errors.contains("the stack `shop` has no function `refund`"),
        "{errors}"
    );
    assert!(
        errors.contains("its functions are ProcessOrder, WriteReport"),
        "{errors}"
    );
    assert_eq!(run(&["pause"]).0, Some(2));

    fs::remove_file(folder.path().join("update-stack")).expect("a file");
    assert_eq!(run(&["pause", "shop"]).0, Some(1));
    fs::write(folder.path().join("describe-stacks"), "{\"Stacks\": [{}]}").expect("a file");
    let (code, errors) = run(&["pause", "shop"]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("has no function to pause"), "{errors}");
    fs::remove_file(folder.path().join("aws")).expect("a file");
    let (code, errors) = run(&["pause", "shop"]);
    assert_eq!(code, Some(2));
    assert!(errors.contains("cannot run the AWS CLI"), "{errors}");
}
