#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch]
async fn handle(orders: Vec<Order>) -> Result<(), String> {
    let _: Vec<_> = orders.iter().map(|order| order.id).collect();
    Ok(())
}
