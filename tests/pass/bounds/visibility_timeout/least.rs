#[redrive::sqs_batch(visibility_timeout = "1s", timeout = "1s", retries = 0, allow = "visibility_recommended")]
async fn visibility_timeout_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
