#[redrive::sqs_batch(dlq_redrive = "rate(1 minute)")]
async fn dlq_redrive_most_often(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
