#[redrive::sqs_batch(pollers = "2..2", reserved_concurrency = 20)]
async fn pollers_least(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
