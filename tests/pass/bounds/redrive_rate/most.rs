#[redrive::sqs_batch(redrive_rate = 500, dlq_redrive = "rate(1 day)")]
async fn redrive_rate_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
