#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(timeout = "60s", visibility_timeout = "2m")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
