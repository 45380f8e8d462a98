#[redrive::sqs_batch(redrive_rounds = 10, dlq_redrive = "rate(1 day)")]
async fn redrive_rounds_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
