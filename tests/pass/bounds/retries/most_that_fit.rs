#[redrive::sqs_batch(retries = 2, batch_size = 1, timeout = "2s", backoff = "500ms..1s")]
async fn retries_most_that_fit(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
