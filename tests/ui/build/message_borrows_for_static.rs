#[derive(serde::Deserialize)]
struct Order {
    id: &'static str,
}

#[redrive::sqs_batch]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
