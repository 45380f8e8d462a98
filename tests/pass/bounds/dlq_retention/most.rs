#[redrive::sqs_batch(dlq_retention = "14d")]
async fn dlq_retention_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
