#[redrive::sqs_batch(queue = "arn:aws:sqs:eu-west-1:123456789012:events.fifo")]
async fn watch(order: Order) -> Result<(), OrderError> {}
