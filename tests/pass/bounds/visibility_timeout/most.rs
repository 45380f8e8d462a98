#[redrive::sqs_batch(visibility_timeout = "12h")]
async fn visibility_timeout_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
