#[redrive::sqs_batch(attempt_timeout = "1799s", timeout = "30m", retries = 0, batch_size = 1, allow = "timeout_over_15_min")]
async fn attempt_timeout_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
