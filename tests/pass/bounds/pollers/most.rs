#[redrive::sqs_batch(pollers = "200..10000", allow = "pollers_high")]
async fn pollers_most(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
