#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(on_permanent = "dlq")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
