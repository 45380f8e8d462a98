#[redrive::sqs_batch(
    queue = "${OrdersQueueArn}",
    dlq = "arn:aws:sqs:eu-west-1:123456789012:orders-dead",
    fifo = false,
    senders = "arn:aws:s3:::uploads",
    topics = "arn:aws:sns:eu-west-1:123456789012:orders",
    kms_key = "${OrdersKeyArn}",
    queue_backoff = "30s..10m",
    dlq_redrive = "rate(1 day)",
)]
async fn bill(order: Order) -> Result<(), OrderError> {}
