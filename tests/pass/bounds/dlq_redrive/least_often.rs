#[redrive::sqs_batch(dlq_redrive = "rate(9 days)")]
async fn dlq_redrive_least_often(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
