#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(max_receive_count = 4)]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
