#[redrive::sqs_batch(dlq_redrive = "cron(59 23 1,8,15,22,29 1-12 ? *)")]
async fn dlq_redrive_dates(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
