#[redrive::sqs_batch(max_concurrency = 1000)]
async fn max_concurrency_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
