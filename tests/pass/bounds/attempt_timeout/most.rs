#[redrive::sqs_batch(attempt_timeout = "899s", timeout = "15m", retries = 0, batch_size = 1)]
async fn attempt_timeout_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
