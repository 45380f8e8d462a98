#[redrive::sqs_batch(
    retries = 3,
    idempotent(key = order.id),
    dlq_redrive = "cron(0 23 ? * SUN-THU *)",
)]
async fn ship(order: Order) -> Result<(), ShipError> {}
