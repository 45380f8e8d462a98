#[redrive::sqs_batch(redrive_max_per_second = 500, dlq_redrive = "rate(1 day)")]
async fn redrive_max_per_second_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
