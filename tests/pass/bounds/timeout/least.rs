#[redrive::sqs_batch(timeout = "1s", retries = 0)]
async fn timeout_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
