#[redrive::sqs_batch(queue = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq.fifo", allow = "fifo_dlq_order")]
async fn queue_longest_fifo(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
