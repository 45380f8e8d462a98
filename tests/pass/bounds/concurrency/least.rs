#[redrive::sqs_batch(concurrency = 1)]
async fn concurrency_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
