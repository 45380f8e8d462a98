#[redrive::sqs_batch(batch_size = 10, queue = "most-of-a-fifo-queue.fifo", allow = "fifo_dlq_order")]
async fn batch_size_most_of_a_fifo_queue(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
