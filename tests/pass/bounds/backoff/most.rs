#[redrive::sqs_batch(backoff = "5m..5m", retries = 1, batch_size = 1, timeout = "301s")]
async fn backoff_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
