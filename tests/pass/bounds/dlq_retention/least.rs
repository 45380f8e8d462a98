#[redrive::sqs_batch(dlq_retention = "1m", retention = "1m", timeout = "1s", retries = 0, queue = "least-dlq-retention.fifo", allow = "fifo_dlq_order")]
async fn dlq_retention_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
