#[redrive::sqs_batch(max_receive_count = 1000)]
async fn max_receive_count_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
