#[redrive::sqs_batch(reserved_concurrency = 1, allow = "reserved_concurrency")]
async fn reserved_concurrency_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
