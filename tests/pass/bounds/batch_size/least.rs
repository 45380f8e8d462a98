#[redrive::sqs_batch(batch_size = 1)]
async fn batch_size_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
