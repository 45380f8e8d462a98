#[redrive::sqs_batch(max_receive_count = 5)]
async fn max_receive_count_recommended(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
