#[redrive::sqs_batch(
    queue = "orders-to-ship",
    senders = [
        "arn:aws:events:eu-west-1:123456789012:rule/new-order",
        "arn:aws:s3:::uploads-${Stage}",
        "arn:aws:s3::210987654321:their-uploads",
        "210987654321",
    ],
    topics = ["arn:aws:sns:eu-west-1:123456789012:orders", "${ReturnsTopicArn}"],
    filter_policy = r#"{"kind": ["order"]}"#,
    kms_key = "alias/orders",
    on_permanent = "dlq",
    dlq_redrive = "rate(1 day)",
)]
async fn ship(order: redrive::Sns<Order>) -> Result<(), OrderError> {}
