#[redrive::sqs_batch(queue = "qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq")]
async fn queue_longest(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
