#[redrive::sqs_batch(retries = 0)]
async fn retries_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
