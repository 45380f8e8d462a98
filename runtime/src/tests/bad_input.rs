//! Events that are not as they should be: each has its documented result, and
//! none a panic.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::testing::{Batch, Report};

/// How often the function was called, and the report.
fn run(event: impl Into<String>) -> (usize, Report) {
    let calls = AtomicUsize::new(0);
    let report = Batch::event(event).run(async |_: serde_json::Value| {
        calls.fetch_add(1, Relaxed);
        Ok::<_, String>(())
    });
    (calls.into_inner(), report)
}

#[test]
fn what_is_no_sqs_event_fails_the_invocation_and_says_what_came() {
    for (event, what) in [
        ("", "EOF while parsing a value"),
        ("null", "invalid type: null, expected an SQS event"),
        ("[]", "invalid type: sequence, expected an SQS event"),
        ("\"secret\"", "invalid type: string, expected an SQS event"),
        ("7", "invalid type: integer"),
        ("{}", "an empty object"),
        (
            r#"{"detail-type":"x","detail":{},"time":1}"#,
            "no `Records`, but `detail-type`, `detail`, `time`",
        ),
        (
            r#"{"Records":null}"#,
            "invalid type: null, expected a list of records",
        ),
        (
            r#"{"Records":{}}"#,
            "invalid type: map, expected a list of records",
        ),
        (r#"{"Records":[{"messageId":"m1","#, "EOF while parsing"),
        (r#"{"Records":[]} x"#, "trailing characters"),
        (
            r#"{"Records":[{"kinesis":{"data":"e30="},"eventSource":"aws:kinesis","eventID":"shard:1"}]}"#,
            "record 0 comes from `aws:kinesis`, not from `aws:sqs`",
        ),
        (
            r#"{"Records":[{"EventSource":"aws:sns","Sns":{"Message":"x"}}]}"#,
            "record 0 comes from `aws:sns`, not from `aws:sqs`",
        ),
        (
            r#"{"Records":[{"eventID":"1","eventSource":"aws:dynamodb","dynamodb":{}}]}"#,
            "record 0 comes from `aws:dynamodb`",
        ),
    ] {
        let (calls, report) = run(event);
        let error = report.error().unwrap();

        assert!(
            error.starts_with("MalformedEvent: this function takes events of an SQS event source mapping, but got: "),
            "{error}"
        );
        assert!(error.contains(what), "{event}: {error}");
        assert!(!error.contains("secret"), "{error}");
        assert_eq!(calls, 0);
    }
}

#[test]
fn a_record_that_cannot_be_read_fails_alone() {
    for (record, reason) in [
        (r#""body":7"#, "`body` is not a text: invalid type: integer"),
        (
            r#""body":{"id":1}"#,
            "`body` is not a text: invalid type: map",
        ),
        (r#""body":null"#, "the record has no `body`"),
        (r#""nobody":1"#, "the record has no `body`"),
        (
            r#""body":"\ud800""#,
            "`body` is not a text: unexpected end of hex escape",
        ),
        (
            r#""body":"\ude00\ud83d""#,
            "`body` is not a text: lone leading surrogate in hex escape",
        ),
        (r#""body":"{\"a\":\"\\ud800\"}""#, "the body is not what"),
        (r#""body":"""#, "EOF while parsing a value"),
        (r#""body":"not json""#, "expected"),
    ] {
        let (calls, report) = run(format!(
            r#"{{"Records":[{{"messageId":"m1",{record}}},{{"messageId":"m2","body":"1"}}]}}"#
        ));
        let why = report.reason("m1").unwrap();

        assert_eq!(report.failed(), ["m1"]);
        assert!(why.contains(reason), "{record}: {why}");
        assert_eq!(calls, 1);
    }
}

#[test]
fn what_nobody_asked_for_may_be_anything() {
    let (calls, report) = run(
        r#"{"extra":[1,{"a":null}],"Records":[{"future":{"x":[]},"messageId":"m1","body":"1","attributes":7,"messageAttributes":null,"receiptHandle":[],"md5OfBody":{},"eventSource":"aws:sqs","eventSourceARN":null}]}"#,
    );

    assert!(report.failed().is_empty());
    assert_eq!(calls, 1);
}

#[test]
fn escaped_keys_and_ids_are_read() {
    let (calls, report) = run(
        r#"{"\u0052ecords":[{"message\u0049d":"m\u0031","body":"no"},{"messageId":"m2","body":"1"}]}"#,
    );

    assert_eq!(report.failed(), ["m1"]);
    assert_eq!(calls, 1);
}

#[test]
fn deep_nesting_is_no_stack_overflow() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    // Where nobody looks it does no harm; in a body it is that record's failure.
    let (calls, report) = run(format!(
        r#"{{"Records":[{{"messageId":"m1","body":"1","junk":{deep}}},{{"messageId":"m2","body":"{deep}"}}]}}"#
    ));

    assert_eq!(report.failed(), ["m2"]);
    assert!(
        report.reason("m2").unwrap().contains("recursion limit"),
        "{:?}",
        report.reason("m2")
    );
    assert_eq!(calls, 1);
}

#[test]
fn six_megabytes_are_one_body_or_ten_thousand() {
    let body = format!("\\\"{}\\\"", "x".repeat(6_000_000));
    let (calls, report) = run(format!(
        r#"{{"Records":[{{"messageId":"m1","body":"{body}"}}]}}"#
    ));
    assert!(report.failed().is_empty());
    assert_eq!(calls, 1);

    let records: Vec<_> = (0..10_000)
        .map(|n| format!(r#"{{"messageId":"m{n}","body":"{{\"n\":{n}}}"}}"#))
        .collect();
    let (calls, report) = run(format!(r#"{{"Records":[{}]}}"#, records.join(",")));
    assert!(report.failed().is_empty());
    assert_eq!(calls, 10_000);
}
