#[redrive::sqs_batch(visibility_timeout = "32s", timeout = "1s", batch_window = "30s", retries = 0, allow = "visibility_recommended")]
async fn visibility_timeout_least_with_a_window(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
