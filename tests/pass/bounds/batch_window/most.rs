#[redrive::sqs_batch(batch_window = "5m")]
async fn batch_window_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
