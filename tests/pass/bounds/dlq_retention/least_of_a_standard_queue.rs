#[redrive::sqs_batch(dlq_retention = "61s", retention = "1m", timeout = "1s", retries = 0)]
async fn dlq_retention_least_of_a_standard_queue(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
