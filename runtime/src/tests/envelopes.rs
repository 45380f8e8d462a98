//! Messages that another service puts into an envelope.

use serde_json::{Value, json};

use super::messages::taken;
use crate::{
    message::{Attribute, EventBridge, Message, Raw, Sns, Text},
    testing::{Batch, TestMessage},
};

fn notification(message: &str) -> Value {
    json!({
        "Type": "Notification",
        "MessageId": "95df01b4-ee98-5cb9-9903-4c221d41eb5e",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
        "Subject": "an order",
        "Message": message,
        "Timestamp": "2026-01-02T12:45:07.000Z",
        "SignatureVersion": "1",
    })
}

fn event(detail: &Value) -> Value {
    json!({
        "version": "0",
        "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
        "detail-type": "Order Placed",
        "source": "shop",
        "account": "111122223333",
        "time": "2026-12-22T18:43:48Z",
        "region": "us-west-1",
        "resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1"],
        "detail": detail,
    })
}

#[test]
fn sns_is_read_wrapped_and_raw() {
    let batch = Batch::new()
        .json(&notification("{\"id\":7}"))
        .text("{\"id\":8}");
    let (messages, report) = taken::<Sns<Value>>(batch);

    assert!(report.failed().is_empty());
    let mut expected = Sns::new(json!({"id": 7}));
    expected.message_id = Some("95df01b4-ee98-5cb9-9903-4c221d41eb5e".to_owned());
    expected.topic_arn = Some("arn:aws:sns:us-east-1:123456789012:orders".to_owned());
    expected.subject = Some("an order".to_owned());
    expected.timestamp = Some("2026-01-02T12:45:07.000Z".to_owned());
    assert_eq!(messages, [expected, Sns::new(json!({"id": 8}))]);
}

#[test]
fn the_publishers_attributes_are_there_in_both_kinds_of_delivery() {
    let mut wrapped = notification("7");
    wrapped["MessageAttributes"] = json!({
        "tenant": {"Type": "String", "Value": "acme"},
        "tags": {"Type": "String.Array", "Value": "[\"a\"]"},
        "size": {"Type": "Number", "Value": "12.5"},
        "hash": {"Type": "Binary", "Value": "AP8="},
    });
    let raw = TestMessage::text("7")
        .attribute("tenant", Attribute::String("acme".into()))
        .attribute("tags", Attribute::String("[\"a\"]".into()))
        .attribute("size", Attribute::Number("12.5".into()))
        .attribute("hash", Attribute::Binary(vec![0, 255]));
    let (messages, report) = taken::<Sns<u8>>(Batch::new().json(&wrapped).message(raw));

    assert_eq!(report.failed(), Vec::<&str>::new());
    for message in &messages {
        assert_eq!(message.attributes.string("tenant"), Some("acme"));
        assert_eq!(message.attributes.string("tags"), Some("[\"a\"]"));
        assert_eq!(message.attributes.number("size"), Some(12.5));
        assert_eq!(message.attributes.binary("hash"), Some(&[0, 255][..]));
    }
    assert_eq!(messages[0].attributes, messages[1].attributes);
}

#[test]
fn a_publishers_attribute_that_cannot_be_read_fails_the_record() {
    for (attributes, reason) in [
        (json!(null), None),
        (json!({}), None),
        (
            json!({"hash": {"Type": "Binary", "Value": "no base64"}}),
            Some("message attribute `hash` has no value of its data type"),
        ),
        (
            json!({"size": {"Type": "Size", "Value": "7"}}),
            Some("message attribute `size` has no value of its data type"),
        ),
        (
            json!({"size": {"StringValue": "7"}}),
            Some("cannot read `MessageAttributes`: missing field `Type` at line 1 column 9"),
        ),
    ] {
        let mut wrapped = notification("7");
        wrapped["MessageAttributes"] = attributes;
        let (_, report) = taken::<Sns<u8>>(Batch::new().json(&wrapped));

        assert_eq!(report.reason("m1").as_deref(), reason);
    }
}

#[test]
fn a_confirmation_is_never_the_message() {
    for kind in ["SubscriptionConfirmation", "UnsubscribeConfirmation"] {
        let confirmation = json!({
            "Type": kind,
            "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
            "Token": "2336412f37f",
            "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
            "Message": "You have chosen to subscribe",
            "SubscribeURL": "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription",
        });
        let batch = || Batch::new().retries(3).json(&confirmation);
        for (called, report) in [
            {
                let (m, r) = taken::<Sns<Value>>(batch());
                (m.len(), r)
            },
            {
                let (m, r) = taken::<Sns<Text>>(batch());
                (m.len(), r)
            },
            {
                let (m, r) = taken::<Message<Sns<Raw>>>(batch());
                (m.len(), r)
            },
        ] {
            let reason = report.reason("m1").unwrap();
            assert_eq!((called, report.attempts("m1")), (0, 1));
            assert!(reason.contains("`SubscribeURL`"), "{reason}");
            assert!(reason.contains("aws sns confirm-subscription"), "{reason}");
            assert!(!reason.contains("2336412f37f"), "{reason}");
        }
    }
}

#[test]
fn sns_holds_any_message_type() {
    let batch = Batch::new()
        .json(&notification("plain text"))
        .text("raw text");
    let (messages, _) = taken::<Message<Sns<Text>>>(batch);

    assert_eq!(&*messages[0].body.message, "plain text");
    assert_eq!(&*messages[1].body.message, "raw text");
}

#[test]
fn eventbridge_has_the_detail_and_the_envelope() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Detail {
        id: u8,
    }
    let batch = Batch::new().json(&event(&json!({"id": 7}))).text("{}");
    let (messages, report) = taken::<EventBridge<Detail>>(batch);

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
        "the body is not an EventBridge event: missing field `detail` at line 1 column 1"
    );
}

#[test]
fn eventbridge_holds_any_message_type() {
    let detail = json!({"id": 7});
    let (messages, _) = taken::<EventBridge<Text>>(Batch::new().json(&event(&detail)));
    assert_eq!(&*messages[0].detail, r#"{"id":7}"#);

    // EventBridge to SNS to SQS, and a detail that is an SNS notification.
    let published = notification(&event(&detail).to_string());
    let (messages, _) = taken::<Sns<EventBridge<Message<Value>>>>(Batch::new().json(&published));
    assert_eq!(messages[0].message.detail.body, detail);
    let sent = event(&notification("7"));
    let (messages, _) = taken::<EventBridge<Sns<u8>>>(Batch::new().json(&sent));
    assert_eq!(messages[0].detail.message, 7);
}

#[test]
fn eventbridge_needs_only_detail_and_its_type() {
    for event in [
        json!({"detail-type": "t", "detail": 7, "resources": null, "id": null, "time": null}),
        json!({"detail-type": "t", "detail": 7}),
    ] {
        let (messages, _) = taken::<EventBridge<u8>>(Batch::new().json(&event));

        assert_eq!(messages, [EventBridge::new("t", 7)]);
    }
}

#[test]
fn what_an_input_transformer_sends_has_a_type_of_its_own() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Transformed {
        instance: String,
    }
    let (messages, _) = taken::<Transformed>(Batch::new().text(r#"{"instance":"i-1"}"#));
    assert_eq!(messages[0].instance, "i-1");
    let (messages, _) = taken::<Text>(Batch::new().text("\"instance i-1 is running\""));
    assert_eq!(&*messages[0], "\"instance i-1 is running\"");
}
