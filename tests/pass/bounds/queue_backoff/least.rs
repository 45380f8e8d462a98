#[redrive::sqs_batch(queue_backoff = "1s..1s")]
async fn queue_backoff_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
