#[redrive::sqs_batch(concurrency = 1000, batch_size = 1000, batch_window = "1s")]
async fn concurrency_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
