#[redrive::sqs_batch(batch_window = "0s")]
async fn batch_window_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
