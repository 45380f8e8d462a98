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
    let report = Batch::event(event).run(async |_: M| {
        calls.fetch_add(1, Relaxed);
        Ok::<_, String>(())
    });
    (calls.into_inner(), report)
}

/// The event has its documented result: `MalformedEvent`, and nothing is run.
fn assert_malformed(event: &[u8], what: &str) {
    let (calls, report) = run(event);
    let event = String::from_utf8_lossy(&event[..event.len().min(500)]);

    assert_eq!(
        report
            .error()
            .unwrap_or_else(|| panic!("accepted: {event}")),
        format!(
            "MalformedEvent: this function takes events of an SQS event source mapping, but got: {what}"
        ),
        "{event}"
    );
    assert_eq!(report.failed(), [""; 0]);
    assert_eq!(calls, 0);
}

#[test]
fn what_is_no_sqs_event_fails_the_invocation_and_says_what_came() {
    for (event, what) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("null", "invalid value (null) at line 1 column 1"),
        ("[]", "invalid value (an array) at line 1 column 1"),
        (
            r#"[[{"messageId":"m1","body":"1"}]]"#,
            "invalid value (an array) at line 1 column 1",
        ),
        ("\"secret\"", "invalid value (a string) at line 1 column 1"),
        ("7", "invalid value (a number) at line 1 column 1"),
        ("{}", "an empty object"),
        (
            r#"{"detail-type":"x","detail":{},"time":1}"#,
            "no `Records`, but `detail-type`, `detail`, `time`",
        ),
        (
            r#"{"Records":null}"#,
            "`Records`: invalid value (null) at line 1 column 12",
        ),
        (
            r#"{"Records":{}}"#,
            "`Records`: invalid value (an object) at line 1 column 12",
        ),
        (
            r#"{"Records":[["m1"]]}"#,
            "`Records`: invalid value (an array) at line 1 column 13",
        ),
        (
            r#"{"Records":[{"messageId":"m1","#,
            "EOF while parsing an object at line 1 column 30",
        ),
        (
            r#"{"Records":[]} x"#,
            "trailing characters at line 1 column 16",
        ),
        (
            r#"{"Records":[{"messageId":"m\x31","body":"1"}]}"#,
            "invalid escape at line 1 column 29",
        ),
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
            "record 0 comes from `aws:dynamodb`, not from `aws:sqs`",
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

            let error = std::str::from_utf8(&event).unwrap_err();
            assert_malformed(&event, &format!("not UTF-8: {error}"));
        }
    }
    // Also where nobody looks.
    assert_malformed(
        b"{\"junk\":\"\xff\",\"Records\":[]}",
        "not UTF-8: invalid utf-8 sequence of 1 bytes from index 9",
    );
}

#[test]
fn an_id_that_is_no_text_could_not_be_reported() {
    for id in [
        r#""\ud800""#,
        r#""m\ude80\ud83d""#,
        r#""\ud83dm""#,
        r#"["m1"]"#,
        "true",
    ] {
        for (index, event) in [
            format!(r#"{{"Records":[{{"messageId":{id},"body":"1"}}]}}"#),
            format!(
                r#"{{"Records":[{{"messageId":"m1","body":"1"}},{{"body":"1","messageId":{id}}}]}}"#
            ),
        ]
        .iter()
        .enumerate()
        {
            assert_malformed(
                event.as_bytes(),
                &format!(
                    "record {index} has a `messageId` that is not a string or is empty, so its failure could not be reported"
                ),
            );
        }
    }
}

#[test]
fn what_is_said_twice_says_nothing() {
    let record = r#"{"messageId":"m1","body":"1"}"#;
    for (event, what) in [
        (
            format!(r#"{{"Records":[{record}],"Records":[]}}"#),
            "duplicate field `Records` at line 1 column 1",
        ),
        (
            format!(r#"{{"Records":[],"Records":[{record}]}}"#),
            "duplicate field `Records` at line 1 column 1",
        ),
        (
            format!(r#"{{"Records":[{record}],"x":1,"\u0052ecords":[{record}]}}"#),
            "duplicate field `Records` at line 1 column 1",
        ),
        (
            r#"{"Records":[{"messageId":"m1","body":"1","messageId":"m2"}]}"#.to_owned(),
            "`Records`: duplicate field `messageId` at line 1 column 13",
        ),
        (
            r#"{"Records":[{"messageId":"m1","messageId":"m1","body":"1"}]}"#.to_owned(),
            "`Records`: duplicate field `messageId` at line 1 column 13",
        ),
        (
            r#"{"Records":[{"messageId":"m1","body":"1","message\u0049d":"m2"}]}"#.to_owned(),
            "`Records`: duplicate field `messageId` at line 1 column 13",
        ),
        (
            r#"{"Records":[{"messageId":"m1","body":"1","messageId":null}]}"#.to_owned(),
            "`Records`: duplicate field `messageId` at line 1 column 13",
        ),
        (
            r#"{"Records":[{"messageId":null,"body":"1","messageId":"m1"}]}"#.to_owned(),
            "`Records`: duplicate field `messageId` at line 1 column 13",
        ),
        (
            format!(r#"{{"Records":[{record},{{"messageId":"m2","body":"1","messageId":""}}]}}"#),
            "`Records`: duplicate field `messageId` at line 1 column 43",
        ),
    ] {
        assert_malformed(event.as_bytes(), what);
    }
}

#[test]
fn a_record_that_cannot_be_read_fails_alone() {
    let taken = |what: &str| format!("the body does not match the message type: {what}");
    let text = |what: &str| format!("`body` is not a string: {what}");
    for (record, reason) in [
        (
            r#""body":7"#,
            text("invalid value (a number) at line 1 column 1"),
        ),
        (
            r#""body":{"id":1}"#,
            text("invalid value (an object) at line 1 column 1"),
        ),
        (r#""body":null"#, "the record has no `body`".to_owned()),
        (r#""nobody":1"#, "the record has no `body`".to_owned()),
        (
            r#""body":"\ud800""#,
            text("unexpected end of hex escape at line 1 column 8"),
        ),
        (
            r#""body":"\ude00\ud83d""#,
            text("lone leading surrogate in hex escape at line 1 column 7"),
        ),
        (
            r#""body":"{\"a\":\"\\ud800\"}""#,
            taken("unexpected end of hex escape at line 1 column 13"),
        ),
        (
            r#""body":"""#,
            taken("EOF while parsing a value at line 1 column 0"),
        ),
        (
            r#""body":"not json""#,
            taken("expected ident at line 1 column 2"),
        ),
    ] {
        let (calls, report) = run(format!(
            r#"{{"Records":[{{"messageId":"m1",{record}}},{{"messageId":"m2","body":"1"}}]}}"#
        ));
        let why = report.reason("m1").unwrap();

        assert_eq!(report.failed(), ["m1"]);
        assert_eq!(why, reason, "{record}");
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
    let [lists, objects] = nested(100_000);
    for (deep, as_records, as_event) in [
        (
            lists,
            "`Records`: invalid value (an array) at line 1 column 13",
            "invalid value (an array) at line 1 column 1",
        ),
        (
            objects,
            "`Records`: invalid value (an object) at line 1 column 12",
            "no `Records`, but `a`",
        ),
    ] {
        let body = deep.replace('"', "\\\"");
        // Where nobody looks it does no harm; in a body it is that record's
        // failure, and as a record or an id it is no event.
        let (calls, report) = run(format!(
            r#"{{"junk":{deep},"Records":[{{"messageId":"m1","body":"1","junk":{deep}}},{{"messageId":"m2","body":"{body}"}}]}}"#
        ));
        assert_eq!(report.failed(), ["m2"]);
        let column = if deep.starts_with('[') { 128 } else { 636 };
        assert_eq!(
            report.reason("m2").unwrap(),
            format!(
                "the body does not match the message type: recursion limit exceeded at line 1 column {column}"
            )
        );
        assert_eq!(calls, 1);

        assert_malformed(format!(r#"{{"Records":{deep}}}"#).as_bytes(), as_records);
        assert_malformed(
            format!(r#"{{"Records":[{{"messageId":{deep},"body":"1"}}]}}"#).as_bytes(),
            "record 0 has a `messageId` that is not a string or is empty, so its failure could not be reported",
        );
        assert_malformed(deep.as_bytes(), as_event);
    }
    let open = format!(
        r#"{{"Records":[{{"messageId":"m1","body":"1","junk":{}"#,
        "[".repeat(100_000)
    );
    assert_malformed(
        open.as_bytes(),
        &format!("EOF while parsing a list at line 1 column {}", open.len()),
    );
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
