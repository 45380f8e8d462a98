#[redrive::sqs_batch(timeout = "15m")]
async fn timeout_most_of_older_tools(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
