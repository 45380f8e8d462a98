#[redrive::sqs_batch(dlq_redrive = "cron(59 23 ? * 7 *)", allow = "redrive_weekday_number")]
async fn dlq_redrive_last_day(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
