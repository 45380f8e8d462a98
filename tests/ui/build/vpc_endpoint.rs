//@ --features sqs-client

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(vpc = true, queue_backoff = "30s..5m")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
