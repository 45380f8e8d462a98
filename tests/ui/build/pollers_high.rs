#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(pollers = "2..5000")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
