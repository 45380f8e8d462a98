#[redrive::sqs_batch(redrive_max_per_second = 1, dlq_redrive = "rate(1 day)")]
async fn redrive_max_per_second_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
