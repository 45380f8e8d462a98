#[redrive::sqs_batch(timeout = "30m", allow = "timeout_over_15_min")]
async fn timeout_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
