#[redrive::sqs_batch(max_receive_count = 1, allow = "receive_count_low")]
async fn max_receive_count_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
