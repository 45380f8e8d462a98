#[redrive::sqs_batch(dlq_redrive = "cron(0 0 ? * 1 *)", allow = "redrive_weekday_number")]
async fn dlq_redrive_first_day(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
