#[redrive::sqs_batch(retries = 10, backoff = "1ms..1s")]
async fn retries_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
