#[redrive::sqs_batch(retention = "901s")]
async fn retention_longer_than_the_way_to_the_dlq(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
