#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(allow = ["receive_count_low", "panic_abort"])]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
