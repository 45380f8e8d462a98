#[redrive::sqs_batch(retention = "14d", queue = "most-retention.fifo", allow = "fifo_dlq_order")]
async fn retention_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
