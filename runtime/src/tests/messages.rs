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
pub(super) fn taken<M: FromMessage + Send>(batch: Batch) -> (Vec<M>, Report) {
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
        "cannot read `messageAttributes`: invalid value (an array) at line 1 column 1"
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
fn attributes_in_the_spelling_of_sqss_own_api_are_read_too() {
    let event = r#"{"Records":[{"messageId":"m1","body":"1","messageAttributes":{
        "tenant":{"StringValue":"acme","DataType":"String"},
        "hash":{"BinaryValue":"AP8=","DataType":"Binary"}}}]}"#;
    let (messages, _) = taken::<Message<u8>>(Batch::event(event));
    assert_eq!(messages[0].attributes.string("tenant"), Some("acme"));
    assert_eq!(messages[0].attributes.binary("hash"), Some(&[0, 255][..]));

    let (messages, _) = taken::<Raw>(Batch::event(event));
    let attributes = &messages[0].message_attributes;
    assert_eq!(attributes["tenant"].string_value.as_deref(), Some("acme"));
    assert_eq!(attributes["tenant"].data_type.as_deref(), Some("String"));
    assert_eq!(
        attributes["hash"].binary_value.as_ref().unwrap().0,
        [0, 255]
    );
}

#[test]
fn an_attribute_in_an_unknown_spelling_is_not_read_as_empty() {
    let event = r#"{"Records":[{"messageId":"m1","body":"1","messageAttributes":{
        "tenant":{"string_value":"acme","data_type":"String"}}}]}"#;
    let expected = "cannot read `messageAttributes`: missing field `dataType`";
    for report in [
        taken::<Message<u8>>(Batch::event(event)).1,
        taken::<Raw>(Batch::event(event)).1,
    ] {
        let reason = report.reason("m1").unwrap();
        assert!(reason.starts_with(expected), "{reason}");
    }
}

#[test]
fn text_is_any_body() {
    let (messages, _) = taken::<Text>(Batch::new().text("not {json").text(""));

    assert_eq!(messages, [Text("not {json".into()), Text(String::new())]);
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
        <EventBridge<SqsMessage> as FromMessage>::refusal(),
        <EventBridge<Message<Sns<SqsMessage>>> as FromMessage>::refusal(),
    ] {
        assert!(refusal.unwrap().contains("`redrive::Raw`"));
    }
    assert_eq!(<Raw as FromMessage>::refusal(), None);
    assert_eq!(<serde_json::Value as FromMessage>::refusal(), None);
}
