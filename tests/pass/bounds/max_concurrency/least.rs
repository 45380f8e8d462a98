#[redrive::sqs_batch(max_concurrency = 2)]
async fn max_concurrency_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
