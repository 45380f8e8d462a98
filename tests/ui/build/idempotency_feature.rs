#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(idempotent(key = order.id))]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
