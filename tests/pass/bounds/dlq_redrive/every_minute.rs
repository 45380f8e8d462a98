#[redrive::sqs_batch(dlq_redrive = "cron(* * * * ? *)")]
async fn dlq_redrive_every_minute(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
