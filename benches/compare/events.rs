//! Events as SQS gives them to Lambda.

use hyper::body::Bytes;
use serde_json::json;

/// Ten thousand of these records are 6 MB, the most that one invocation gets.
const RECEIPT_HANDLE_LENGTH: usize = 140;

/// An event of `records` orders.
pub(crate) fn batch(records: u32) -> Bytes {
    let records: Vec<_> = (0..records).map(record).collect();
    Bytes::from(format!(r#"{{"Records":[{}]}}"#, records.join(",")))
}

/// With the fields in Lambda's order, which `json!` would change.
fn record(number: u32) -> String {
    let body = json!({"id": number, "sku": format!("sku-{number:05}"), "quantity": 1 + number % 9});
    let body = json!(body.to_string());
    let receipt_handle = &"AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a/+"
        .repeat(RECEIPT_HANDLE_LENGTH / 36 + 1)[..RECEIPT_HANDLE_LENGTH];
    let attributes = concat!(
        r#"{"ApproximateReceiveCount":"1","SentTimestamp":"1545082649183","#,
        r#""SenderId":"AIDAIENQZJOLO23YVJ4VO","ApproximateFirstReceiveTimestamp":"1545082649185"}"#,
    );
    format!(
        r#"{{"messageId":"059f36b4-87a3-44ab-83d2-6619{number:08x}","receiptHandle":"{receipt_handle}","body":{body},"attributes":{attributes},"messageAttributes":{{}},"md5OfBody":"e4e68fb7bd0e697a0ae8f1bb342846b3","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:orders","awsRegion":"eu-west-1"}}"#
    )
}
