#[redrive::sqs_batch(memory = 10240)]
async fn memory_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
