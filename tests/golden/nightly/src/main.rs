#[redrive::sqs_batch(retries = 3, dlq_redrive = "cron(0 23 ? * SUN-THU *)", redrive_timezone = "Asia/Jerusalem")]
async fn process_order(order: Order) -> Result<(), OrderError> {}
