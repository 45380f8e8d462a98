#[redrive::sqs_batch(env(Ab = ""))]
async fn env_shortest_name(_: redrive::Text) -> Result<(), String> {
    Ok(())
}
