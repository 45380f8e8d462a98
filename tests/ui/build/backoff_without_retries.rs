#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(retries = 0, backoff = "1s..5s")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
