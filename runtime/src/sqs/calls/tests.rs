use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use redrive_model::Backoff;

use crate::{
    deadline::Deadline,
    event::Event,
    message::Record,
    tests::{
        aws::{Answer, FakeAws, Request},
        support::SETTINGS,
    },
};

const BACKOFF: Backoff = Backoff::new(Duration::from_secs(30), Duration::from_secs(900));

#[test]
fn names_each_variable_that_a_setting_needs() {
    let settings = Settings {
        on_permanent: OnPermanent::Dlq,
        queue_backoff: Some(BACKOFF),
        ..SETTINGS
    };
    let error = Calls::from_lookup(&settings, |_| None).unwrap_err();

    assert_eq!(
        error.to_string(),
        "`process_order` needs REDRIVE_QUEUE_URL (for `queue_backoff`) and REDRIVE_DLQ_URL (for `on_permanent = \"dlq\"`); the generated template sets them, set them to the queues' URLs in your own"
    );
}

#[test]
fn a_worker_that_counts_rounds_needs_both_queues() {
    for (settings, expected) in [
        (
            Settings {
                rounds: Some(3),
                on_permanent: OnPermanent::Dlq,
                ..SETTINGS
            },
            "REDRIVE_DLQ_URL (for `redrive_rounds`) and REDRIVE_PARKING_URL (for `redrive_rounds`)",
        ),
        (
            Settings {
                on_permanent: OnPermanent::Park,
                ..SETTINGS
            },
            "REDRIVE_PARKING_URL (for `on_permanent = \"park\"`)",
        ),
    ] {
        let error = Calls::from_lookup(&settings, |_| None).unwrap_err();
        let error = error.to_string();
        assert!(error.contains(&format!(" needs {expected};")), "{error}");
    }
}

#[test]
fn wants_no_variable_that_no_setting_needs() {
    let settings = Settings {
        queue_backoff: Some(BACKOFF),
        ..SETTINGS
    };
    let only_queue = |name: &str| (name == QUEUE_URL).then(|| "https://queue".to_owned());

    assert!(Calls::from_lookup(&settings, only_queue).is_ok());
}

/// An SQS that gives every call the same answer.
async fn sqs(answer: Value) -> (Sqs, FakeAws) {
    sqs_that(move |_| Answer::ok(&answer)).await
}

/// An SQS with these answers to the bodies of requests.
async fn sqs_that(mut answer: impl FnMut(&Value) -> Answer + Send + 'static) -> (Sqs, FakeAws) {
    let aws = FakeAws::that(move |request| answer(&request.body)).await;
    let calls = Calls {
        queue_url: "https://sqs/queue".to_owned(),
        dlq_url: "https://sqs/dlq".to_owned(),
        parking_url: "https://sqs/parked".to_owned(),
        delays: OnceLock::from(aws.client()),
        client: OnceLock::from(aws.client()),
    };
    (Sqs { calls }, aws)
}

const EVENT: &[u8] = br#"{"Records":[{"messageId":"m1","body":"{}"}]}"#;

fn record(event: &Event) -> Record<'_> {
    let timeout = Duration::from_secs(30);
    Record {
        fields: event.record(0),
        body: "{}",
        deadline: Deadline::after(timeout, timeout),
        context: crate::tests::support::context(),
    }
}

fn delays(number: usize) -> Vec<Delay> {
    (0..number)
        .map(|index| Delay {
            receipt_handle: format!("receipt-{index}"),
            seconds: 30,
        })
        .collect()
}

#[tokio::test]
async fn delays_in_tens() {
    let (sqs, aws) = sqs(json!({"Successful": [], "Failed": []})).await;

    sqs.delay(delays(23)).await.unwrap();

    let requests = aws.requests();
    let mut entries: Vec<_> = requests
        .iter()
        .map(|request| request.body["Entries"].as_array().unwrap().len())
        .collect();
    entries.sort_unstable();
    assert_eq!(entries, [3, 10, 10]);
    assert_eq!(requests[0].body["QueueUrl"], "https://sqs/queue");
    assert_eq!(requests[0].body["Entries"][0]["VisibilityTimeout"], 30);
}

#[tokio::test]
async fn one_message_that_is_not_delayed_is_reported() {
    let (sqs, _) = sqs(json!({"Successful": [], "Failed": [
        {"Id": "0", "SenderFault": true, "Code": "ReceiptHandleIsInvalid", "Message": "gone"},
    ]}))
    .await;

    let error = sqs.delay(delays(1)).await.unwrap_err();

    assert_eq!(error.to_string(), "ReceiptHandleIsInvalid gone");
}

#[tokio::test]
async fn a_call_that_fails_keeps_no_other_from_being_made() {
    let (sqs, aws) =
        sqs_that(
            |request| match request["Entries"][0]["ReceiptHandle"] == "receipt-0" {
                true => Answer::error("AccessDenied", "not yours"),
                false => Answer::ok(&json!({"Successful": [], "Failed": []})),
            },
        )
        .await;

    let error = crate::error::chain(&sqs.delay(delays(23)).await.unwrap_err());

    assert!(error.contains("AccessDenied"), "{error}");
    assert_eq!(aws.requests().len(), 3);
}

fn outgoing<'r>(record: Record<'r>) -> Outgoing<'r> {
    Outgoing {
        record,
        reason: "no such card",
        round: Some(2),
    }
}

async fn send(sqs: &Sqs, event: &Event) -> Result<(), BoxError> {
    let outgoing = outgoing(record(event));
    let mut sent = sqs.send(Destination::Dlq, &[outgoing]).await;
    assert_eq!(sent.len(), 1);
    sent.remove(0)
}

/// The answer that confirms every entry but those of these bodies, which have the code.
fn all_but(request: &Value, refused: &[&str], code: &str, sender: bool) -> Value {
    let entries = request["Entries"].as_array().unwrap();
    let is_refused = |entry: &&Value| refused.contains(&entry["MessageBody"].as_str().unwrap());
    let (failed, successful): (Vec<_>, Vec<_>) = entries.iter().partition(is_refused);
    let failed = failed.iter().map(
        |entry| json!({"Id": entry["Id"], "Code": code, "SenderFault": sender, "Message": "no"}),
    );
    let successful = successful
        .iter()
        .map(|entry| json!({"Id": entry["Id"], "MessageId": "new", "MD5OfMessageBody": "x"}));
    json!({
        "Successful": successful.collect::<Vec<_>>(),
        "Failed": failed.collect::<Vec<_>>(),
    })
}

fn confirmed(request: &Value) -> Answer {
    Answer::ok(&all_but(request, &[], "", false))
}

#[tokio::test]
async fn a_record_that_sqs_has_no_time_for_is_sent_again() {
    let event = Event::read(EVENT.into()).unwrap();
    let throttled = || Answer::error("RequestThrottled", "slower");
    let mut is_first = true;
    let (once, aws) = sqs_that(move |request| match std::mem::take(&mut is_first) {
        true => throttled(),
        false => confirmed(request),
    })
    .await;
    send(&once, &event).await.unwrap();
    assert_eq!(aws.requests().len(), 2);

    let (always, _) = sqs_that(move |_| throttled()).await;
    let error = send(&always, &event).await;
    let error = crate::error::chain(&error.unwrap_err());
    assert!(error.contains("RequestThrottled"), "{error}");
}

#[tokio::test]
async fn only_a_call_without_an_answer_is_unreachable() {
    let event = Event::read(Bytes::from_static(EVENT)).unwrap();
    let (html, _) = sqs_that(|_| Answer::text(503, "<html>")).await;
    let answered = send(&html, &event).await.unwrap_err();
    assert!(!answered.is::<Unreachable>(), "{answered}");

    let client = crate::sqs::client::client_from(|name| match name {
        "AWS_ENDPOINT_URL" => Some("http://127.0.0.1:1".to_owned()),
        "AWS_ENDPOINT_URL_SQS" => None,
        _ => Some("test".to_owned()),
    });
    let gone = Sqs {
        calls: Calls {
            queue_url: String::new(),
            dlq_url: "https://sqs/dlq".to_owned(),
            parking_url: String::new(),
            client: OnceLock::from(client.unwrap()),
            delays: OnceLock::new(),
        },
    };
    let lost = send(&gone, &event).await.unwrap_err();
    assert!(lost.is::<Unreachable>(), "{lost}");
}

#[tokio::test]
async fn a_record_is_sent_only_when_sqs_says_so() {
    let event = Event::read(EVENT.into()).unwrap();
    let (confirms, aws) = sqs_that(confirmed).await;
    send(&confirms, &event).await.unwrap();
    let parked = confirms
        .send(Destination::Parking, &[outgoing(record(&event))])
        .await;
    assert!(parked.iter().all(Result::is_ok));
    let requests = aws.requests();
    assert_eq!(requests[0].body["QueueUrl"], "https://sqs/dlq");
    assert_eq!(requests[1].body["QueueUrl"], "https://sqs/parked");
    let attributes = &requests[0].body["Entries"][0]["MessageAttributes"];
    assert_eq!(attributes["RedriveReason"]["StringValue"], "no such card");
    assert_eq!(attributes["RedriveRound"]["StringValue"], "2");

    let (silent, _) = sqs(json!({"Successful": [], "Failed": []})).await;
    send(&silent, &event).await.unwrap_err();
}

const EVENT_OF_THREE: &[u8] = br#"{"Records":[
    {"messageId":"m1","body":"1"},{"messageId":"m2","body":"2"},{"messageId":"m3","body":"3"}
]}"#;

/// Whether each of three records was sent, and the bodies of each call.
async fn three(answer: impl FnMut(&Value) -> Answer + Send + 'static) -> (Vec<bool>, Vec<String>) {
    let event = Event::read(Bytes::from_static(EVENT_OF_THREE)).unwrap();
    let (sqs, aws) = sqs_that(answer).await;
    let timeout = Duration::from_secs(30);
    let records = event.records().zip(["1", "2", "3"]).map(|(fields, body)| {
        outgoing(Record {
            fields,
            body,
            deadline: Deadline::after(timeout, timeout),
            context: crate::tests::support::context(),
        })
    });
    let records: Vec<_> = records.collect();
    let sent = sqs.send(Destination::Dlq, &records).await;
    let bodies = |request: &Request| {
        let entries = request.body["Entries"].as_array().unwrap().iter();
        let bodies = entries.map(|entry| entry["MessageBody"].as_str().unwrap().to_owned());
        bodies.collect::<String>()
    };
    (
        sent.iter().map(Result::is_ok).collect(),
        aws.requests().iter().map(bodies).collect(),
    )
}

#[tokio::test]
async fn of_one_call_each_entry_has_its_own_answer() {
    let denied = |request: &Value| Answer::ok(&all_but(request, &["2"], "AccessDenied", true));
    let (sent, calls) = three(denied).await;
    assert_eq!(sent, [true, false, true]);
    assert_eq!(calls, ["123"]);
}

#[tokio::test]
async fn an_entry_that_sqs_has_no_time_for_is_sent_again_alone() {
    let mut is_first = true;
    let busy = move |request: &Value| {
        let refused: &[_] = match std::mem::take(&mut is_first) {
            true => &["1", "3"],
            false => &["3"],
        };
        Answer::ok(&all_but(request, refused, "InternalError", false))
    };
    let (sent, calls) = three(busy).await;
    assert_eq!(sent, [true, true, false]);
    assert_eq!(calls, ["123", "13", "3"]);
}

#[tokio::test]
async fn a_message_that_is_too_long_with_its_reason_is_sent_without() {
    let too_long = |request: &Value| {
        let entries = request["Entries"].as_array().unwrap();
        let explained = |entry: &&Value| entry["MessageAttributes"]["RedriveReason"].is_object();
        let long: Vec<_> = entries.iter().filter(explained).collect();
        let long: Vec<_> = long
            .iter()
            .map(|it| it["MessageBody"].as_str().unwrap())
            .collect();
        let long: Vec<_> = long.into_iter().filter(|body| *body != "1").collect();
        Answer::ok(&all_but(request, &long, "InvalidParameterValue", true))
    };
    let (sent, calls) = three(too_long).await;
    assert_eq!(sent, [true, true, true]);
    assert_eq!(calls, ["123", "23"]);

    // The whole call, and then it is still too long.
    let refused = |_: &Value| {
        let text = "Batch requests cannot be longer than 1048576 bytes.";
        Answer::error("BatchRequestTooLong", text)
    };
    let (sent, calls) = three(refused).await;
    assert_eq!(sent, [false, false, false]);
    assert_eq!(calls, ["123", "123"]);
}

#[tokio::test]
async fn calls_name_the_invocation_to_x_ray() {
    let (sqs, aws) = sqs(json!({"Successful": [], "Failed": []})).await;
    let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";

    let delay = sqs.delay(delays(1));
    TRACE_HEADER
        .scope(Some(header.to_owned()), delay)
        .await
        .unwrap();

    assert_eq!(aws.requests()[0].trace.as_deref(), Some(header));
}
