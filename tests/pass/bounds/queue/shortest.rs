#[redrive::sqs_batch(queue = "q")]
async fn queue_shortest(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
