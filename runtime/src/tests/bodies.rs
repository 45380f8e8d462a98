//! Bodies that are not what the message type is for.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, json, value::RawValue};

use super::messages::taken;
use crate::{
    message::{EventBridge, FromMessage, Message, Sns},
    testing::Batch,
};

/// Accepts any object, as far as `serde` is concerned.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Order {
    id: Option<u64>,
    #[serde(alias = "article", rename = "sku")]
    name: Option<String>,
    #[serde(skip)]
    total: u64,
}

const NO_FIELD: &str =
    "the body does not match the message type: it has none of the fields `id`, `article`, `sku`";
const ARRAY: &str =
    "the body does not match the message type: the type is a struct, but the body is an array";

/// Why the body cannot be read, if it cannot.
fn reason<M: FromMessage + Send>(body: &str) -> Option<String> {
    let (messages, report) = taken::<M>(Batch::new().retries(3).text(body));
    let reason = report.reason("m1");
    assert_eq!(messages.len(), usize::from(reason.is_none()));
    assert_eq!(report.attempts("m1"), 1);
    reason
}

fn s3_event() -> Value {
    json!({"Records": [{"eventVersion": "2.1", "eventSource": "aws:s3", "s3": {"bucket": {"name": "secret"}}}]})
}

fn s3_test() -> Value {
    json!({
        "Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2014-10-13T15:57:02.089Z",
        "Bucket": "secret", "RequestId": "5582815E1AEA5ADF", "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
    })
}

fn sns(kind: &str, message: &str) -> Value {
    json!({
        "Type": kind, "MessageId": "1", "Message": message,
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:orders",
    })
}

#[test]
fn an_error_describes_the_body_and_names_the_type_that_reads_it() {
    let long = format!(
        "{{{}\"z\":1}}",
        (0..12)
            .map(|n| format!("\"k{n:02}\":\"secret\","))
            .collect::<String>()
    );
    for (body, expected) in [
        (
            sns("Notification", "{\"id\":\"secret\"}").to_string(),
            format!("{NO_FIELD}; the body looks like an SNS notification: take `redrive::Sns<T>`, or turn on raw message delivery for the subscription"),
        ),
        (
            sns("SubscriptionConfirmation", "secret").to_string(),
            format!("{NO_FIELD}; the body looks like an SNS confirmation: take `redrive::Sns<T>`, which explains how to confirm it"),
        ),
        (
            json!({"detail-type": "t", "source": "s", "detail": {"id": "secret"}}).to_string(),
            format!("{NO_FIELD}; the body looks like an EventBridge event: take `redrive::EventBridge<T>`"),
        ),
        (
            s3_event().to_string(),
            format!("{NO_FIELD}; the body looks like an S3 event: take `aws_lambda_events::s3::S3Event`"),
        ),
        (
            json!(["software.amazon.payloadoffloading.PayloadS3Pointer", {"s3BucketName": "secret", "s3Key": "k"}]).to_string(),
            format!("{ARRAY}; the body looks like a pointer of the SQS extended client: take a type that reads it, see \"Large bodies in S3\" in the docs of `redrive::recipes`"),
        ),
        (
            json!(["com.amazon.sqs.javamessaging.MessageS3Pointer", {"s3BucketName": "secret"}]).to_string(),
            format!("{ARRAY}; the body looks like a pointer of the SQS extended client: take a type that reads it, see \"Large bodies in S3\" in the docs of `redrive::recipes`"),
        ),
        (
            json!({"order_id": "secret", "quantity": 1}).to_string(),
            format!("{NO_FIELD}; the body is an object with the keys `order_id`, `quantity`"),
        ),
        (
            json!({"4111 1111": 1, "a@b.c": 2, "ok": 3}).to_string(),
            format!("{NO_FIELD}; the body is an object with the keys `ok` and 2 more"),
        ),
        (json!({"4111": 1}).to_string(), format!("{NO_FIELD}; the body is an object with 1 keys")),
        (
            long,
            format!("{NO_FIELD}; the body is an object with the keys `k00`, `k01`, `k02`, `k03`, `k04`, `k05`, `k06`, `k07`, `k08`, `k09` and 3 more"),
        ),
        ("[1,\"secret\"]".to_owned(), ARRAY.to_owned()),
        ("[]".to_owned(), ARRAY.to_owned()),
    ] {
        let reason = reason::<Order>(&body).unwrap();

        assert_eq!(reason, expected);
        assert!(!reason.contains("secret"), "{reason}");
    }
}

#[test]
fn a_type_that_does_not_accept_the_body_gets_the_same_advice() {
    #[derive(Debug, Deserialize)]
    struct Strict {
        #[expect(dead_code, reason = "only its type matters")]
        id: u64,
    }
    assert_eq!(
        reason::<Strict>(&sns("Notification", "{}").to_string()).unwrap(),
        "the body does not match the message type: missing field `id` at line 1 column 1; the body looks like an SNS notification: take `redrive::Sns<T>`, or turn on raw message delivery for the subscription"
    );
}

#[test]
fn a_struct_is_judged_wherever_it_is_the_whole_body() {
    #[derive(Debug, Deserialize)]
    struct Newtype(#[expect(dead_code, reason = "only its type matters")] Order);
    #[derive(Debug, Deserialize)]
    #[serde(transparent)]
    struct Transparent {
        #[expect(dead_code, reason = "only its type matters")]
        order: Option<Newtype>,
    }
    #[derive(Debug, Deserialize)]
    #[serde(from = "Order")]
    struct From(#[expect(dead_code, reason = "only its type matters")] Order);
    impl std::convert::From<Order> for From {
        fn from(order: Order) -> Self {
            Self(order)
        }
    }
    #[derive(Debug, Deserialize)]
    struct Nothing {}

    let body = json!({"order_id": 7}).to_string();
    let wrapped = sns("Notification", &body).to_string();
    let event = json!({"detail-type": "t", "source": "s", "detail": {"order_id": 7}}).to_string();
    for reason in [
        reason::<Order>(&body),
        reason::<Box<Order>>(&body),
        reason::<Option<Order>>(&body),
        reason::<Option<Box<Option<Order>>>>(&body),
        reason::<Newtype>(&body),
        reason::<Transparent>(&body),
        reason::<From>(&body),
        reason::<Message<Option<Newtype>>>(&body),
        reason::<Sns<Order>>(&body),
        reason::<Sns<Message<Order>>>(&wrapped),
        reason::<EventBridge<Box<Order>>>(&event),
    ] {
        let expected = format!("{NO_FIELD}; the body is an object with the keys `order_id`");
        assert_eq!(reason, Some(expected));
    }
    for reason in [
        reason::<Option<Newtype>>("[]"),
        reason::<Message<Box<Order>>>("[{}]"),
    ] {
        assert_eq!(reason.as_deref(), Some(ARRAY));
    }
    assert_eq!(
        reason::<Nothing>(&body).unwrap(),
        "the body does not match the message type: the type has no fields, but the body has; the body is an object with the keys `order_id`"
    );
}

#[test]
fn a_known_key_or_no_key_at_all_is_enough() {
    for body in [
        "{}",
        r#"{"x":1,"id":7}"#,
        r#"{"article":"a","x":1}"#,
        r#"{"\u0069d":null}"#,
    ] {
        assert_eq!(reason::<Order>(body), None, "{body}");
        assert_eq!(reason::<Option<Box<Order>>>(body), None, "{body}");
    }
    // The one that is never read is none.
    assert!(reason::<Order>(r#"{"total":7}"#).is_some());
    assert_eq!(reason::<Option<Order>>("null"), None);
    let nested: (Order, Order) = serde_json::from_str(r#"[{"x":1},{"x":[]}]"#).unwrap();
    assert_eq!(
        reason::<(Order, Order)>(r#"[{"x":1},{"x":[]}]"#),
        None,
        "{nested:?}"
    );
}

#[test]
fn what_is_not_a_struct_is_read_as_before() {
    #[derive(Debug, Deserialize)]
    enum External {
        #[expect(dead_code, reason = "only its type matters")]
        Created {
            id: Option<u8>,
        },
        Other,
    }
    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind")]
    enum Internal {
        #[expect(dead_code, reason = "only its type matters")]
        Created { id: Option<u8> },
        #[serde(other)]
        Other,
    }
    #[derive(Debug, Deserialize)]
    #[serde(tag = "kind", content = "data")]
    enum Adjacent {
        #[expect(dead_code, reason = "only its type matters")]
        Created { id: Option<u8> },
    }
    #[derive(Debug, Deserialize)]
    struct Pair(
        #[expect(dead_code, reason = "only its type matters")] u8,
        #[expect(dead_code, reason = "only its type matters")] Option<Order>,
    );
    #[derive(Debug, Deserialize)]
    struct Unit;

    let unknown = r#"{"x":1}"#;
    for reason in [
        reason::<Value>(unknown),
        reason::<BTreeMap<String, u8>>(unknown),
        reason::<Box<RawValue>>(unknown),
        reason::<Option<Box<RawValue>>>("[7]"),
        reason::<IgnoredAny>(unknown),
        reason::<External>(r#"{"Created":{"x":1}}"#),
        reason::<External>(r#""Other""#),
        reason::<Internal>(r#"{"kind":"Created","x":1}"#),
        reason::<Internal>(r#"{"kind":"x"}"#),
        reason::<Internal>(r#"["Created", 7]"#),
        reason::<Adjacent>(r#"{"kind":"Created","data":{"x":1}}"#),
        reason::<Adjacent>(r#"["Created",{"x":1}]"#),
        reason::<(u8, Order)>(r#"[1,{"x":1}]"#),
        reason::<Pair>(r#"[1,{"x":1}]"#),
        reason::<Vec<Order>>(r#"[{"x":1}]"#),
        reason::<Unit>("null"),
        reason::<Box<[u8]>>("[1,2]"),
        reason::<String>(r#""x""#),
        reason::<char>(r#""x""#),
        reason::<i128>("-7"),
        reason::<f32>("1.5"),
        reason::<bool>("true"),
        reason::<()>("null"),
    ] {
        assert_eq!(reason, None);
    }
}

/// `serde` reads both from a buffer, so they accept whatever their fields accept.
#[test]
fn flattened_and_untagged_types_are_not_judged() {
    #[derive(Debug, Deserialize)]
    struct Flat {
        #[serde(flatten)]
        #[expect(dead_code, reason = "only its type matters")]
        order: Order,
    }
    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    enum Either {
        #[expect(dead_code, reason = "only its type matters")]
        Order(Order),
    }
    for body in [r#"{"x":1}"#, &sns("Notification", "{}").to_string()] {
        assert_eq!(reason::<Flat>(body), None);
        assert_eq!(reason::<Either>(body), None);
    }
    assert_eq!(reason::<Either>("[null,null]"), None);
}

#[test]
fn s3s_test_event_is_completed_without_the_function() {
    let test = s3_test().to_string();
    let published = sns("Notification", &test).to_string();
    let batch = || Batch::new().text(&test).text(&published);

    let (messages, report) = taken::<Order>(batch());
    assert!(messages.is_empty());
    // As the record itself, and what SNS delivers of it raw.
    assert!(report.failed().is_empty(), "{:?}", report.error());
    let (messages, report) = taken::<Sns<Message<Order>>>(batch());
    assert!(messages.is_empty());
    assert!(report.failed().is_empty());

    // Who can read it gets it.
    assert_eq!(taken::<Value>(batch()).0.len(), 2);
    assert_eq!(taken::<Sns<Value>>(batch()).0.len(), 2);
    let other = json!({"Service": "Amazon S3", "Event": "s3:Other", "Bucket": "b"});
    let (_, report) = taken::<Order>(Batch::new().json(&other));
    assert_eq!(report.failed(), ["m1"]);
}
