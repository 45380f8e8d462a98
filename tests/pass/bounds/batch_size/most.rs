#[redrive::sqs_batch(batch_size = 10000, batch_window = "1s", concurrency = 1000)]
async fn batch_size_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
