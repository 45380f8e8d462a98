#[redrive::sqs_batch(dlq_redrive = "rate(13 days)", queue = "least-often.fifo", allow = "fifo_dlq_order")]
async fn dlq_redrive_least_often_of_a_fifo_queue(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
