#[redrive::sqs_batch(queue_backoff = "12h..12h", retention = "61h")]
async fn queue_backoff_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
