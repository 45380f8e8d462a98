//! What a worker that is `idempotent` says of its table.

use redrive_tests::binary::binary;
use redrive_tests::runtime_api;
use redrive_tests::sqs_event::sqs_event;
use serde_json::{Value, json};

use crate::LIMIT;
use crate::sqs::{answering, calling};

/// Three messages with this DynamoDB; the line of the log.
fn with_dynamodb(endpoint: &str) -> Value {
    let binary = binary("redrive-fixtures", "once");
    let effect = |id: u64| json!({ "id": id, "file": "/dev/null" });
    let ids = ["m1", "m2", "m3"];
    let messages = [
        (ids[0], effect(1)),
        (ids[1], effect(2)),
        (ids[2], effect(3)),
    ];
    let event = sqs_event("once", &messages);
    let mut environment = calling("http://127.0.0.1:1", "WARN").to_vec();
    environment.extend([
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoint),
        ("REDRIVE_TABLE", "done"),
    ]);
    let ran = runtime_api::run(&binary, "once", &environment, LIMIT, &[event]);

    // No record is acknowledged, and none has a line of its own.
    assert_eq!(ran.posts[0].0, "invocation/r1/error", "{}", ran.log);
    assert!(ran.lines("record_failed").is_empty(), "{}", ran.log);
    let message = ran.posts[0].1["errorMessage"].as_str().expect("a message");
    for id in ids {
        let reason = format!("{id} (cannot look up the idempotency key: ");
        assert!(message.contains(&reason), "{message}");
    }
    let mut lines = ran.lines("store_failed");
    assert_eq!(lines.len(), 1, "{}", ran.log);
    lines.remove(0)
}

#[test]
fn one_line_says_that_the_table_cannot_be_reached() {
    // Nothing listens there.
    let line = with_dynamodb("http://127.0.0.1:1");

    assert_eq!(
        (&line["level"], &line["requestId"]),
        (&json!("ERROR"), &json!("r1"))
    );
    let error = line["error"].as_str().expect("an error");
    assert!(error.starts_with("DynamoDB cannot be reached: "), "{error}");
}

#[test]
fn one_line_says_that_the_table_rejects_calls() {
    let denied = r#"{"__type":"AccessDeniedException","message":"not yours"}"#;
    let line = with_dynamodb(&answering("400 Bad Request", denied));

    let error = line["error"].as_str().expect("an error");
    assert!(
        error.contains("AccessDeniedException") && error.contains("not yours"),
        "{error}"
    );
}
