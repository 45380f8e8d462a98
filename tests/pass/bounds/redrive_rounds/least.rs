#[redrive::sqs_batch(redrive_rounds = 1, dlq_redrive = "rate(1 day)")]
async fn redrive_rounds_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
