#[redrive::sqs_batch(batch_size = 10)]
async fn batch_size_most_without_a_window(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
