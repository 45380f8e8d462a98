#[redrive::sqs_batch(retention = "1209599s")]
async fn retention_most_of_a_standard_queue(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
