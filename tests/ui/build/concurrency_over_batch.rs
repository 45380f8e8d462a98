#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(batch_size = 5, concurrency = 10)]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
