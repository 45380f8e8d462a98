#[redrive::sqs_batch(attempt_timeout = "1ms")]
async fn attempt_timeout_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
