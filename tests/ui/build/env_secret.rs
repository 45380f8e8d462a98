#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(env(DB_PASSWORD = "hunter2"))]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
