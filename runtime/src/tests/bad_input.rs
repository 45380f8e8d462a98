//! Events that are not as they should be: each has its documented result, and
//! none a panic.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::{
    message::{EventBridge, FromMessage, Message, Raw, Sns, Text},
    testing::{Batch, Report},
};

/// How often the function was called, and the report.
fn run(event: impl Into<Vec<u8>>) -> (usize, Report) {
    run_as::<serde_json::Value>(event)
}

fn run_as<M: FromMessage + Send>(event: impl Into<Vec<u8>>) -> (usize, Report) {
    let calls = AtomicUsize::new(0);
    let report = Batch::event_bytes(event).run(async |_: M| {
        calls.fetch_add(1, Relaxed);
        Ok::<_, String>(())
    });
    (calls.into_inner(), report)
}

/// The event has its documented result: `MalformedEvent`, and nothing is run.
fn assert_malformed(event: &[u8], what: &str) {
    let (calls, report) = run(event);
    let event = String::from_utf8_lossy(&event[..event.len().min(500)]);
    let error = report
        .error()
        .unwrap_or_else(|| panic!("accepted: {event}"));

    assert!(
        error.starts_with(
            "MalformedEvent: this function takes events of an SQS event source mapping, but got: "
        ),
        "{error}"
    );
    assert!(error.contains(what), "{event}: {error}");
    assert!(!error.contains("secret"), "{error}");
    assert_eq!(report.failed(), [""; 0]);
    assert_eq!(calls, 0);
}

#[test]
fn what_is_no_sqs_event_fails_the_invocation_and_says_what_came() {
    for (event, what) in [
        ("", "EOF while parsing a value"),
        ("null", "invalid type: null, expected an SQS event"),
        ("[]", "invalid type: list, expected an SQS event"),
        ("\"secret\"", "invalid type: string, expected an SQS event"),
        ("7", "invalid type: number"),
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
            "invalid type: object, expected a list of records",
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
        assert_malformed(event.as_bytes(), what);
    }
}

#[test]
fn what_is_told_of_what_came_is_short() {
    let long = "x".repeat(6_000_000);
    let many: Vec<_> = (0..12).map(|key| format!("\"k{key}\":0")).collect();
    for (event, end) in [
        (format!(r#"{{"{long}":1}}"#), "xxx…"),
        (
            format!(r#"{{"Records":[{{"eventSource":"{long}"}}]}}"#),
            "xxx…",
        ),
        (format!("{{{}}}", many.join(",")), "`k8`, `k9`"),
    ] {
        let error = run(event).1.error().unwrap();

        assert!(error.len() < 1_200, "{}", error.len());
        assert!(error.ends_with(end), "{error}");
    }
}

#[test]
fn what_is_no_text_is_no_event() {
    let event: &[u8] = br#"{"Records":[{"messageId":"m1","body":"secret"}]}"#;
    for at in [0, 5, 25, 40, event.len()] {
        // No UTF-8 has the first, and the others are halves: of a character of
        // two bytes, of a surrogate, of one that is written too long.
        for bytes in [&b"\xff"[..], b"\xc3", b"\x80", b"\xed\xa0\x80", b"\xc0\x80"] {
            let mut event = event.to_vec();
            event.splice(at..at, bytes.iter().copied());

            assert_malformed(&event, "not UTF-8");
        }
    }
    // Also where nobody looks.
    assert_malformed(b"{\"junk\":\"\xff\",\"Records\":[]}", "not UTF-8");
}

#[test]
fn an_id_that_is_no_text_could_not_be_reported() {
    for id in [
        r#""\ud800""#,
        r#""m\ude80\ud83d""#,
        r#""\ud83dm""#,
        r#""m\x31""#,
        r#"["m1"]"#,
        "true",
    ] {
        for event in [
            format!(r#"{{"Records":[{{"messageId":{id},"body":"1"}}]}}"#),
            format!(
                r#"{{"Records":[{{"messageId":"m1","body":"1"}},{{"body":"1","messageId":{id}}}]}}"#
            ),
        ] {
            assert_malformed(event.as_bytes(), "`messageId`");
        }
    }
}

#[test]
fn what_is_said_twice_says_nothing() {
    let record = r#"{"messageId":"m1","body":"1"}"#;
    for (event, what) in [
        (
            format!(r#"{{"Records":[{record}],"Records":[]}}"#),
            "`Records` twice",
        ),
        (
            format!(r#"{{"Records":[],"Records":[{record}]}}"#),
            "`Records` twice",
        ),
        (
            format!(r#"{{"Records":[{record}],"x":1,"\u0052ecords":[{record}]}}"#),
            "`Records` twice",
        ),
        (
            r#"{"Records":[{"messageId":"m1","body":"1","messageId":"m2"}]}"#.to_owned(),
            "two `messageId`s",
        ),
        (
            r#"{"Records":[{"messageId":"m1","messageId":"m1","body":"1"}]}"#.to_owned(),
            "two `messageId`s",
        ),
        (
            r#"{"Records":[{"messageId":"m1","body":"1","message\u0049d":"m2"}]}"#.to_owned(),
            "two `messageId`s",
        ),
        (
            r#"{"Records":[{"messageId":"m1","body":"1","messageId":null}]}"#.to_owned(),
            "two `messageId`s",
        ),
        (
            r#"{"Records":[{"messageId":null,"body":"1","messageId":"m1"}]}"#.to_owned(),
            "two `messageId`s",
        ),
        (
            format!(r#"{{"Records":[{record},{{"messageId":"m2","body":"1","messageId":""}}]}}"#),
            "two `messageId`s",
        ),
    ] {
        assert_malformed(event.as_bytes(), what);
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

fn nested(depth: usize) -> [String; 2] {
    [
        format!("{}{}", "[".repeat(depth), "]".repeat(depth)),
        format!("{}1{}", r#"{"a":"#.repeat(depth), "}".repeat(depth)),
    ]
}

#[test]
fn deep_nesting_is_no_stack_overflow() {
    for (deep, what_it_is) in nested(100_000)
        .iter()
        .zip(["invalid type: list", "no `Records`"])
    {
        let body = deep.replace('"', "\\\"");
        // Where nobody looks it does no harm; in a body it is that record's
        // failure, and as a record or an id it is no event.
        let (calls, report) = run(format!(
            r#"{{"junk":{deep},"Records":[{{"messageId":"m1","body":"1","junk":{deep}}},{{"messageId":"m2","body":"{body}"}}]}}"#
        ));
        assert_eq!(report.failed(), ["m2"]);
        let reason = report.reason("m2").unwrap();
        assert!(reason.contains("recursion limit"), "{reason}");
        assert_eq!(calls, 1);

        for (event, what) in [
            (format!(r#"{{"Records":{deep}}}"#), "invalid type"),
            (
                format!(r#"{{"Records":[{{"messageId":{deep},"body":"1"}}]}}"#),
                "`messageId`",
            ),
            (deep.clone(), what_it_is),
            (
                format!(
                    r#"{{"Records":[{{"messageId":"m1","body":"1","junk":{}"#,
                    "[".repeat(100_000)
                ),
                "EOF while parsing",
            ),
        ] {
            assert_malformed(event.as_bytes(), what);
        }
    }
}

#[test]
fn attributes_harm_only_who_asks_for_them() {
    let mut cases = vec![
        // SQS may come to send what is not known today.
        (
            r#""attributes":{"Future":"x","ApproximateReceiveCount":"1"}"#.to_owned(),
            true,
        ),
        (
            r#""attributes":{"Future":{"x":[1]}},"futureAttributes":{}"#.to_owned(),
            true,
        ),
        (
            r#""attributes":{"ApproximateReceiveCount":"-1"}"#.to_owned(),
            false,
        ),
        (
            r#""attributes":{"ApproximateReceiveCount":"4294967296"}"#.to_owned(),
            false,
        ),
        (
            r#""attributes":{"SentTimestamp":"\ud800"}"#.to_owned(),
            false,
        ),
        (
            r#""attributes":{"SentTimestamp":1545082649183}"#.to_owned(),
            false,
        ),
        (r#""attributes":"none""#.to_owned(), false),
        (
            r#""messageAttributes":{"a":{"stringValue":"x","dataType":"String.label","future":1}}"#
                .to_owned(),
            true,
        ),
        (
            r#""messageAttributes":{"a":{"stringValue":"x","dataType":"Future"}}"#.to_owned(),
            false,
        ),
        (
            r#""messageAttributes":{"a":{"stringValue":"x","dataType":"Binary"}}"#.to_owned(),
            false,
        ),
        (
            r#""messageAttributes":{"a":{"binaryValue":"%","dataType":"Binary"}}"#.to_owned(),
            false,
        ),
        (
            r#""messageAttributes":{"a":{"stringValue":"x"}}"#.to_owned(),
            false,
        ),
        (r#""messageAttributes":{"a":null}"#.to_owned(), false),
        (r#""messageAttributes":7"#.to_owned(), false),
    ];
    for deep in nested(100_000) {
        cases.extend([
            (format!(r#""attributes":{{"Future":{deep}}}"#), true),
            (format!(r#""attributes":{{"MessageGroupId":{deep}}}"#), false),
            (format!(r#""messageAttributes":{{"a":{deep}}}"#), false),
            (
                format!(r#""messageAttributes":{{"a":{{"stringValue":{deep},"dataType":"String"}}}}"#),
                false,
            ),
            (
                format!(
                    r#""messageAttributes":{{"a":{{"stringValue":"x","dataType":"String","future":{deep}}}}}"#
                ),
                true,
            ),
        ]);
    }
    for (attributes, is_read) in cases {
        let event = format!(
            r#"{{"Records":[{{"messageId":"m1","body":"1",{attributes}}},{{"messageId":"m2","body":"1"}}]}}"#
        );
        let (calls, report) = run(event.as_str());
        assert!(report.failed().is_empty(), "{attributes:.99}");
        assert_eq!(calls, 2);

        let (calls, report) = run_as::<Message<u8>>(event.as_str());
        let failed: &[&str] = if is_read { &[] } else { &["m1"] };
        assert_eq!(report.failed(), failed, "{attributes:.99}");
        assert_eq!(calls, 2 - failed.len());
    }
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

#[test]
fn six_megabytes_come_as_they_were_sent() {
    for (escaped, text) in [
        ("x", "x"),
        ("\\n", "\n"),
        ("é", "é"),
        ("\\u00e9", "é"),
        ("\\ud83d\\ude80", "🚀"),
    ] {
        let times = 6_000_000 / escaped.len();
        let event = format!(
            r#"{{"Records":[{{"messageId":"m1","body":"{}"}}]}}"#,
            escaped.repeat(times)
        );
        let report = Batch::event(event).run(async |body: Text| {
            match body.0.len() == text.len() * times && body.0.ends_with(text) {
                true => Ok(()),
                false => Err("another body"),
            }
        });

        assert_eq!(report.error(), None, "{escaped}");
    }
}

#[test]
fn six_megabytes_that_cannot_be_read_are_one_records_failure() {
    let body = "x".repeat(6_000_000);
    let event = format!(
        r#"{{"Records":[{{"messageId":"m1","body":"{body}"}},{{"messageId":"m2","body":"1"}}]}}"#
    );
    for (_, report) in [
        run_as::<u8>(event.as_str()),
        run_as::<Message<u8>>(event.as_str()),
        run_as::<Sns<u8>>(event.as_str()),
    ] {
        assert_eq!(report.failed(), ["m1"]);
        assert!(report.reason("m1").unwrap().len() <= 1_000);
    }
    let (_, report) = run_as::<EventBridge<u8>>(event.as_str());
    assert_eq!(report.failed(), ["m1", "m2"]);
    let (calls, report) = run_as::<Raw>(event.as_str());
    assert!(report.failed().is_empty());
    assert_eq!(calls, 2);
}
