#[redrive::sqs_batch(redrive_rate = 1, dlq_redrive = "rate(1 day)")]
async fn redrive_rate_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
