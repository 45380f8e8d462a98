#[redrive::sqs_batch(retention = "1m", timeout = "1s", retries = 0)]
async fn retention_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
