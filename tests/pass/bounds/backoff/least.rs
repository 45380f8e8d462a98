#[redrive::sqs_batch(backoff = "1ms..1ms")]
async fn backoff_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
