#[redrive::sqs_batch(timeout = "15m")]
async fn timeout_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
