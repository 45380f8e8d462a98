#[redrive::sqs_batch(
    queue = "payments.fifo",
    dlq_redrive = "cron(30 2 ? * * *)",
    redrive_timezone = "Europe/Berlin",
    on_permanent = "dlq",
    allow = "fifo_dlq_order",
)]
async fn settle(payment: Payment) -> Result<(), PaymentError> {}
