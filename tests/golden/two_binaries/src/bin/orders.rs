#[redrive::sqs_batch(queue = "orders", dlq_redrive = "cron(0 23 * * ?)")]
async fn take_order(order: Order) -> Result<(), OrderError> {}
