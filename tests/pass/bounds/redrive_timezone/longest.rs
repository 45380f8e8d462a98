#[redrive::sqs_batch(redrive_timezone = "America/Argentina/ComodRivadavia", dlq_redrive = "rate(1 day)")]
async fn redrive_timezone_longest(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
