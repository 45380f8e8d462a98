//! What a worker's binary does with bodies that are not what its type is for.

use std::time::Duration;

use redrive_tests::binary::binary;
use redrive_tests::runtime_api;
use redrive_tests::sqs_event::sqs_event;
use serde_json::json;

/// In values, and so in no log.
const SECRET: &str = "4111-1111";

#[test]
fn a_body_of_another_shape_is_never_handled_as_an_empty_message() {
    let topic = "arn:aws:sns:us-east-1:123456789012:orders";
    let s3_test = json!({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": SECRET});
    let messages = [
        ("known", json!({"id": 7})),
        ("known-and-more", json!({"id": 7, "x": SECRET})),
        ("empty", json!({})),
        ("s3-test", s3_test.clone()),
        (
            "s3-test-in-sns",
            json!({"Type": "Notification", "TopicArn": topic, "Message": s3_test.to_string()}),
        ),
        (
            "sns",
            json!({"Type": "Notification", "TopicArn": topic, "Message": SECRET}),
        ),
        (
            "confirmation",
            json!({"Type": "SubscriptionConfirmation", "TopicArn": topic, "Token": SECRET, "Message": SECRET}),
        ),
        (
            "eventbridge",
            json!({"detail-type": "t", "source": "s", "detail": {"card": SECRET}}),
        ),
        (
            "s3",
            json!({"Records": [{"eventSource": "aws:s3", "s3": {"object": {"key": SECRET}}}]}),
        ),
        (
            "pointer",
            json!(["software.amazon.payloadoffloading.PayloadS3Pointer", {"s3Key": SECRET}]),
        ),
        ("other", json!({"order_id": SECRET})),
        ("array", json!([7])),
    ];
    let ran = runtime_api::run(
        &binary("redrive-fixtures", "bodies"),
        "bodies",
        &[("AWS_LAMBDA_LOG_FORMAT", "JSON")],
        Duration::from_secs(10),
        &[sqs_event("orders", &messages)],
    );

    let failed: Vec<_> = [
        "sns",
        "confirmation",
        "eventbridge",
        "s3",
        "pointer",
        "other",
        "array",
    ]
    .map(|id| json!({"itemIdentifier": id}))
    .into();
    assert_eq!(ran.posts[0].0, "invocation/r1/response");
    assert_eq!(ran.posts[0].1, json!({"batchItemFailures": failed}));
    assert_eq!(ran.lines("\"handled\"").len(), 3, "{}", ran.log);
    let completed = ran.lines("s3_test_completed");
    let ids: Vec<_> = completed.iter().map(|line| &line["messageId"]).collect();
    assert_eq!(ids, ["s3-test", "s3-test-in-sns"], "{}", ran.log);
    for advice in [
        "`redrive::Sns<T>`",
        "`redrive::EventBridge<T>`",
        "S3Event`",
        "Large bodies in S3",
        "`order_id`",
    ] {
        assert!(ran.log.contains(advice), "{advice}: {}", ran.log);
    }
    assert!(!ran.log.contains(SECRET), "{}", ran.log);
}
