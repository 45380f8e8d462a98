#[redrive::sqs_batch(visibility_timeout = "200s", timeout = "30s", batch_window = "20s")]
async fn visibility_timeout_recommended(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
