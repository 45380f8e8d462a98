#[redrive::sqs_batch(memory = 128)]
async fn memory_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
