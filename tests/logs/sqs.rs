//! What a worker logs of its calls to SQS.

use std::io::{BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use redrive_tests::binary::binary;
use redrive_tests::runtime_api;
use redrive_tests::sqs_event::sqs_event;
use serde_json::{Value, json};

use crate::{JSON, LIMIT};

#[test]
fn what_sqs_refuses_is_told_and_the_record_comes_back() {
    let binary = binary("redrive-fixtures", "refusals");
    let sqs = answering(
        "403 Forbidden",
        r#"{"__type":"AccessDenied","message":"not yours"}"#,
    );
    let event = sqs_event(
        "refusals",
        &[("m1", json!("refuse")), ("m2", json!("succeed"))],
    );
    let environment = calling(&sqs, "INFO");
    let ran = runtime_api::run(&binary, "refusals", &environment, LIMIT, &[event]);

    assert_eq!(
        ran.posts[0].1,
        json!({ "batchItemFailures": [{ "itemIdentifier": "m1" }] })
    );
    let not_sent = &ran.lines("cannot send the record to the DLQ")[0];
    assert_eq!(
        (&not_sent["level"], &not_sent["messageId"]),
        (&json!("ERROR"), &json!("m1"))
    );
    let not_delayed = &ran.lines("cannot set how long")[0];
    assert_eq!(not_delayed["level"], "WARN");
    for line in [not_sent, not_delayed] {
        let error = line["error"].as_str().expect("an error");
        assert!(
            error.contains("AccessDenied") && error.contains("not yours"),
            "{error}"
        );
        assert_eq!(line["requestId"], "r1");
    }
}

#[test]
fn a_record_is_reported_if_the_dlq_cannot_be_reached() {
    let binary = binary("redrive-fixtures", "refusals");
    let messages = [("m1", json!("refuse")), ("m2", json!("succeed"))];
    let event = sqs_event("refusals", &messages);
    // Nothing listens there.
    let environment = calling("http://127.0.0.1:1", "INFO");
    let ran = runtime_api::run(&binary, "refusals", &environment, LIMIT, &[event]);

    let reported = json!({ "batchItemFailures": [{ "itemIdentifier": "m1" }] });
    assert_eq!(ran.posts, [("invocation/r1/response".to_owned(), reported)]);
    let lines = ran.lines("record_not_sent_on");
    assert_eq!(lines.len(), 1, "{}", ran.log);
    assert_eq!(lines[0]["level"], "ERROR");
    assert_eq!(lines[0]["messageId"], "m1");
    assert_eq!(lines[0]["to"], "dlq");
    assert_eq!(lines[0]["queueUrl"], "http://sqs/123456789012/refusals-dlq");
    let error = lines[0]["error"].as_str().expect("an error");
    assert!(error.starts_with("SQS cannot be reached"), "{error}");
}

#[test]
fn what_is_sent_to_the_dlq_is_in_no_line_of_the_sdk_either() {
    let binary = binary("redrive-fixtures", "refusals");
    let sqs = answering("200 OK", SENT);
    let mut event = sqs_event("refusals", &[("m1", json!(null))]);
    // As no line but a copy of the body would have it.
    event["Records"][0]["body"] = json!(r#""\u0072efuse""#);
    let run = |level| {
        let events = [event.clone()];
        runtime_api::run(&binary, "refusals", &calling(&sqs, level), LIMIT, &events)
    };

    let ran = run("DEBUG");
    assert_eq!(ran.posts[0].1, json!({ "batchItemFailures": [] }));
    assert!(ran.log.contains("aws_smithy_runtime"), "{}", ran.log);
    assert!(!ran.log.contains("u0072efuse"), "{}", ran.log);
    assert!(run("TRACE").log.contains("u0072efuse"));
}

#[test]
fn what_a_worker_sends_on_is_in_the_log_and_in_the_metrics() {
    let binary = binary("redrive-fixtures-rounds", "rounds");
    let event = |receives: &str, attributes: &[(&str, &str)]| {
        let mut event = sqs_event("rounds", &[("m1", json!("fail"))]);
        let record = &mut event["Records"][0];
        record["attributes"]["ApproximateReceiveCount"] = json!(receives);
        for (name, value) in attributes {
            record["messageAttributes"][name] =
                json!({ "stringValue": value, "dataType": "String" });
        }
        event
    };
    let names: Vec<_> = (0..10).map(|number| format!("own{number}")).collect();
    let ten: Vec<_> = names.iter().map(|name| (name.as_str(), "v")).collect();
    let events = [
        event("2", &[]),
        event("2", &[("RedriveRound", "2")]),
        event("4", &[]),
        event("2", &ten),
    ];
    let sqs = answering("200 OK", SENT);
    let ran = runtime_api::run(&binary, "rounds", &calling(&sqs, "INFO"), LIMIT, &events);

    let sent: Vec<_> = ran.lines("\"record_sent_on\"");
    let sent: Vec<_> = sent
        .iter()
        .map(|line| (line["level"].as_str(), line["to"].as_str(), &line["round"]))
        .collect();
    let (info, warn) = (Some("INFO"), Some("WARN"));
    let expected = [
        (info, Some("dlq"), &json!(1)),
        (warn, Some("parking"), &json!(3)),
        (info, Some("dlq"), &json!(1)),
        // Without room for its round.
        (warn, Some("parking"), &Value::Null),
    ];
    assert_eq!(sent, expected, "{}", ran.log);
    for (event, invocation) in [("received_too_often", "r3"), ("no_room_for_round", "r4")] {
        let lines = ran.lines(event);
        assert_eq!(lines.len(), 1, "{}", ran.log);
        assert_eq!(lines[0]["level"], "WARN");
        assert_eq!(lines[0]["requestId"], invocation);
    }
    let metrics = ran.lines("\"_aws\"");
    let figures = metrics
        .iter()
        .map(|line| ["Failed", "SentToDlq", "Parked"].map(|name| line[name].as_u64()));
    let figures: Vec<_> = figures.collect();
    let (to_dlq, parked) = ([1, 1, 0].map(Some), [1, 0, 1].map(Some));
    assert_eq!(figures, [to_dlq, parked, to_dlq, parked]);
}

/// SQS's answer to one message.
const SENT: &str =
    r#"{"Successful":[{"Id":"0","MessageId":"new","MD5OfMessageBody":"0"}],"Failed":[]}"#;

/// What a worker needs to call this SQS.
pub(crate) fn calling<'e>(sqs: &'e str, level: &'e str) -> [(&'e str, &'e str); 9] {
    [
        JSON,
        ("AWS_LAMBDA_LOG_LEVEL", level),
        ("AWS_ENDPOINT_URL_SQS", sqs),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("REDRIVE_QUEUE_URL", "http://sqs/123456789012/refusals"),
        ("REDRIVE_DLQ_URL", "http://sqs/123456789012/refusals-dlq"),
        (
            "REDRIVE_PARKING_URL",
            "http://sqs/123456789012/refusals-parked",
        ),
    ]
}

/// The URL of a server that answers so, whatever it is asked.
pub(crate) fn answering(status: &'static str, answer: &'static str) -> String {
    serving(move |_| (status, answer))
}

/// The URL of a server whose answers depend on the number of the connection.
fn serving(answer: impl Fn(usize) -> (&'static str, &'static str) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("the port's address");
    thread::spawn(move || {
        for (number, connection) in listener.incoming().flatten().enumerate() {
            let (status, answer) = answer(number);
            thread::spawn(move || serve(connection, status, answer));
        }
    });
    format!("http://{address}")
}

/// Answers every request on a connection that stays open.
fn serve(mut connection: TcpStream, status: &str, answer: &str) {
    let Ok(read) = connection.try_clone() else {
        return;
    };
    let mut reader = BufReader::new(read);
    while runtime_api::read_request(&mut reader).is_some() {
        let length = answer.len();
        _ = write!(
            connection,
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{answer}"
        );
    }
}

#[test]
fn a_connection_that_answers_503_is_not_used_again() {
    let binary = binary("redrive-fixtures", "refusals");
    let sqs = serving(|number| match number {
        0 => ("503 Service Unavailable", ""),
        _ => ("200 OK", SENT),
    });
    let event = sqs_event("refusals", &[("m1", json!("refuse"))]);
    let events = vec![event; 3];
    let ran = runtime_api::run(&binary, "refusals", &calling(&sqs, "DEBUG"), LIMIT, &events);

    assert_eq!(ran.posts.len(), 3, "{}", ran.log);
    for (_, answer) in &ran.posts {
        assert_eq!(*answer, json!({ "batchItemFailures": [] }), "{}", ran.log);
    }
    // Only that the messages can never be processed.
    for line in ran.lines("\"level\":\"ERROR\"") {
        assert_eq!(line["message"], "record failed", "{line}");
    }
}
