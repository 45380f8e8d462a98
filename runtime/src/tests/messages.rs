//! What a function can take.

use std::{
    sync::Mutex,
    time::{Duration, UNIX_EPOCH},
};

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};

use crate::{
    error::BoxError,
    message::{Attribute, EventBridge, FromMessage, Message, Raw, Record, Sns, Text},
    testing::{Batch, Report, TestMessage},
};

/// What the function was given, and the report.
fn taken<M: FromMessage + Send>(batch: Batch) -> (Vec<M>, Report) {
    let messages = Mutex::new(Vec::new());
    let report = batch.run(async |message: M| {
        messages.lock().unwrap().push(message);
        Ok::<_, String>(())
    });
    (messages.into_inner().unwrap(), report)
}

#[test]
fn message_has_all_that_sqs_says() {
    let sent = UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
    let first_received = sent + Duration::from_secs(5);
    let batch = Batch::fifo().timeout(Duration::from_secs(10)).message(
        TestMessage::text("7")
            .id("the-id")
            .group("g\"1\"")
            .receive_count(4)
            .times(sent, first_received)
            .attribute("tenant", Attribute::String("acme".into()))
            .attribute("size", Attribute::Number("12.5".into()))
            .attribute("hash", Attribute::Binary(vec![0, 255])),
    );
    let (messages, _) = taken::<Message<u8>>(batch);
    let message = &messages[0];

    assert_eq!(message.body, 7);
    assert_eq!(message.id, "the-id");
    assert_eq!(message.receive_count, 4);
    assert_eq!(message.sent, Some(sent));
    assert_eq!(message.first_received, Some(first_received));
    assert_eq!(message.group_id.as_deref(), Some("g\"1\""));
    assert_eq!(message.attributes.string("tenant"), Some("acme"));
    assert_eq!(message.attributes.number::<f64>("size"), Some(12.5));
    assert_eq!(message.attributes.number::<u8>("size"), None);
    assert_eq!(message.attributes.binary("hash"), Some(&[0, 255][..]));
    assert_eq!(message.attributes.string("size"), None);
    assert_eq!(message.attributes.iter().count(), 3);
    assert_eq!(
        message.queue_arn.as_deref(),
        Some("arn:aws:sqs:us-east-1:123456789012:queue.fifo")
    );
}

#[test]
fn what_sqs_does_not_say_has_a_default_or_is_not_there() {
    let event = r#"{"Records":[{"messageId":"m1","body":"7"}]}"#;
    let (messages, _) = taken::<Message<u8>>(Batch::event(event));
    let message = &messages[0];

    assert_eq!(message.receive_count, 1);
    assert_eq!((message.sent, message.first_received), (None, None));
    assert_eq!((&message.group_id, &message.queue_arn), (&None, &None));
    assert_eq!(message.attributes.iter().count(), 0);
    assert_eq!(Message::new(7).receive_count, 1);
    assert_eq!(Message::new(7).time_remaining(), Duration::MAX);
}

#[test]
fn an_attribute_keeps_its_type_whatever_its_label() {
    let event = r#"{"Records":[{"messageId":"m1","body":"7","messageAttributes":{
        "name":{"stringValue":"acme","dataType":"String.name"},
        "size":{"stringValue":"12","dataType":"Number.int"},
        "hash":{"binaryValue":"AP8=","dataType":"Binary.sha"}}}]}"#;
    let (messages, _) = taken::<Message<u8>>(Batch::event(event));
    let attributes = &messages[0].attributes;

    assert_eq!(attributes.string("name"), Some("acme"));
    assert_eq!(attributes.number("size"), Some(12));
    assert_eq!(attributes.binary("hash"), Some(&[0, 255][..]));
    assert_eq!(
        attributes.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        ["hash", "name", "size"]
    );
    assert_eq!(
        attributes.get("size"),
        Some(&Attribute::Number("12".into()))
    );
    assert_eq!(
        (attributes.string("size"), attributes.string("hash")),
        (None, None)
    );
    assert_eq!(attributes.number::<u8>("name"), None);
    assert_eq!(attributes.binary("name"), None);
    assert_eq!(attributes.get("other"), None);
}

#[test]
fn a_record_says_all_to_a_type_of_ones_own() {
    struct Seen;
    impl FromMessage for Seen {
        fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
            let attributes = record.system_attributes()?;
            assert_eq!(record.body(), "\"7\"");
            assert_eq!(record.message_id(), "m1");
            assert_eq!(record.queue_arn().unwrap(), "arn:q");
            assert_eq!(record.message_attributes()?.string("a"), Some("x"));
            assert_eq!(record.time_remaining(), Duration::from_millis(29_500));
            assert_eq!(attributes.receive_count, 3);
            let milliseconds = |ms| Some(UNIX_EPOCH + Duration::from_millis(ms));
            assert_eq!(attributes.sent, milliseconds(1_700_000_000_001));
            assert_eq!(attributes.first_received, milliseconds(1_700_000_000_002));
            assert_eq!(attributes.group_id.unwrap(), "g");
            assert_eq!(attributes.deduplication_id.unwrap(), "d");
            assert_eq!(attributes.sequence_number.unwrap(), "s");
            assert_eq!(attributes.trace_header.unwrap(), "Root=1");
            let inner = record.with_body("8");
            assert_eq!((inner.body(), &*inner.message_id()), ("8", "m1"));
            Ok(Self)
        }
    }
    let event = r#"{"Records":[{"messageId":"m1","body":"\"7\"","eventSourceARN":"arn:q",
        "messageAttributes":{"a":{"stringValue":"x","dataType":"String"}},
        "attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1700000000001",
        "ApproximateFirstReceiveTimestamp":"1700000000002","MessageGroupId":"g",
        "MessageDeduplicationId":"d","SequenceNumber":"s","AWSTraceHeader":"Root=1"}}]}"#;

    assert_eq!(taken::<Seen>(Batch::event(event)).1.error(), None);
}

#[test]
fn message_knows_the_time_remaining() {
    let seen = Mutex::new(Vec::new());
    Batch::new()
        .text("1")
        .timeout(Duration::from_secs(10))
        .run(async |message: Message<u8>| {
            seen.lock().unwrap().push(message.time_remaining());
            tokio::time::sleep(Duration::from_secs(3)).await;
            seen.lock().unwrap().push(message.time_remaining());
            Ok::<_, String>(())
        });

    assert_eq!(
        *seen.lock().unwrap(),
        [Duration::from_millis(9_500), Duration::from_millis(6_500)]
    );
}

#[test]
fn a_message_without_a_body_of_its_type_fails_alone() {
    let (messages, report) = taken::<Message<u8>>(Batch::new().text("1").text("x"));

    assert_eq!(messages.len(), 1);
    assert_eq!(report.failed(), ["m2"]);
}

#[test]
fn attributes_without_meaning_fail_only_who_asks_for_them() {
    let event = r#"{"Records":[{"messageId":"m1","body":"1","attributes":{"ApproximateReceiveCount":"many"},"messageAttributes":[]}]}"#;

    assert!(taken::<u8>(Batch::event(event)).1.failed().is_empty());
    let (_, report) = taken::<Message<u8>>(Batch::event(event));
    assert_eq!(
        report.reason("m1").unwrap(),
        "attribute `ApproximateReceiveCount` is not a number"
    );
    let (_, report) = taken::<Raw>(Batch::event(event));
    assert_eq!(
        report.reason("m1").unwrap(),
        "`messageAttributes` cannot be read: invalid type: sequence, expected a map at line 1 column 0"
    );
}

#[test]
fn raw_is_the_message_as_aws_lambda_events_reads_it() {
    let event = serde_json::json!({"Records": [{
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": "Test \"message\".\n",
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
        },
        "messageAttributes": {
            "blob": {"binaryValue": "AAEC", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
        },
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "md5OfMessageAttributes": "00000000000000000000000000000000",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-2:123456789012:my-queue",
        "awsRegion": "us-east-2",
    }]})
    .to_string();
    let expected: SqsEvent = serde_json::from_str(&event).unwrap();
    let (messages, _) = taken::<Raw>(Batch::event(event));

    assert_eq!(messages[0].0, expected.records[0]);
    assert_eq!(messages[0].aws_region.as_deref(), Some("us-east-2"));
}

#[test]
fn text_is_any_body() {
    let (messages, _) = taken::<Text>(Batch::new().text("not {json").text(""));

    assert_eq!(messages, [Text("not {json".into()), Text(String::new())]);
}

#[test]
fn sns_is_read_wrapped_and_raw() {
    let wrapped = serde_json::json!({
        "Type": "Notification",
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
        "Subject": "an order",
        "Message": "{\"id\":7}",
        "Timestamp": "2026-01-02T12:45:07.000Z",
        "SignatureVersion": "1",
        "MessageAttributes": {"Test": {"Type": "String", "Value": "TestString"}},
    });
    let (messages, report) =
        taken::<Sns<serde_json::Value>>(Batch::new().json(&wrapped).text("{\"id\":8}"));

    assert!(report.failed().is_empty());
    let mut expected = Sns::new(serde_json::json!({"id": 7}));
    expected.message_id = Some("95df01b4-ee98-5cb9-9903-4c221d41eb5e".to_owned());
    expected.topic_arn = Some("arn:aws:sns:us-east-1:123456789012:orders".to_owned());
    expected.subject = Some("an order".to_owned());
    expected.timestamp = Some("2026-01-02T12:45:07.000Z".to_owned());
    assert_eq!(messages, [expected, Sns::new(serde_json::json!({"id": 8}))]);
}

#[test]
fn only_a_notification_is_snss_envelope() {
    let other = serde_json::json!({
        "Type": "SubscriptionConfirmation",
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
        "Message": "You have chosen to subscribe",
    });
    let (messages, _) = taken::<Sns<serde_json::Value>>(Batch::new().json(&other));

    assert_eq!(messages, [Sns::new(other)]);
}

#[test]
fn sns_holds_any_message_type() {
    let wrapped = serde_json::json!({
        "Type": "Notification",
        "MessageId": "1",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
        "Message": "plain text",
    });
    let (messages, _) = taken::<Message<Sns<Text>>>(Batch::new().json(&wrapped).text("raw text"));

    assert_eq!(&*messages[0].body.message, "plain text");
    assert_eq!(&*messages[1].body.message, "raw text");
}

#[test]
fn eventbridge_has_the_detail_and_the_envelope() {
    let event = serde_json::json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "Order Placed",
        "source": "shop",
        "account": "111122223333",
        "time": "2026-12-22T18:43:48Z",
        "region": "us-west-1",
        "resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1"],
        "detail": {"id": 7},
    });
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Detail {
        id: u8,
    }
    let (messages, report) = taken::<EventBridge<Detail>>(Batch::new().json(&event).text("{}"));

    let mut expected = EventBridge::new("Order Placed", Detail { id: 7 });
    expected.id = "6a7e8feb-b491-4cf7-a9f1-bf3703467718".to_owned();
    expected.source = "shop".to_owned();
    expected.account = "111122223333".to_owned();
    expected.time = "2026-12-22T18:43:48Z".to_owned();
    expected.region = "us-west-1".to_owned();
    expected.resources = vec!["arn:aws:ec2:us-west-1:123456789012:instance/i-1".to_owned()];
    assert_eq!(messages, [expected]);
    assert_eq!(report.failed(), ["m2"]);
    assert_eq!(
        report.reason("m2").unwrap(),
        "the body is not the EventBridge event that the function takes: missing field `detail` at line 1 column 2"
    );
}

#[test]
fn a_user_reads_a_format_of_their_own() {
    #[derive(Debug, PartialEq)]
    struct Line(String, u32);
    impl FromMessage for Line {
        fn from_message(record: &Record<'_>) -> Result<Self, BoxError> {
            let (sku, quantity) = record.body().split_once(';').ok_or("no `;` in the body")?;
            Ok(Self(sku.to_owned(), quantity.parse()?))
        }
    }
    let (messages, report) = taken::<Line>(Batch::new().text("SKU-1;3").text("SKU-2"));

    assert_eq!(messages, [Line("SKU-1".into(), 3)]);
    assert_eq!(report.reason("m2").unwrap(), "no `;` in the body");
}

#[test]
fn types_that_would_lose_every_message_are_refused() {
    for refusal in [
        <SqsMessage as FromMessage>::refusal(),
        <SqsEvent as FromMessage>::refusal(),
        <Message<SqsMessage> as FromMessage>::refusal(),
        <Sns<SqsMessage> as FromMessage>::refusal(),
    ] {
        assert!(refusal.unwrap().contains("`redrive::Raw`"));
    }
    assert_eq!(<Raw as FromMessage>::refusal(), None);
    assert_eq!(<serde_json::Value as FromMessage>::refusal(), None);
}
