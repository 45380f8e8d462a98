//- src/bin/ship.rs
#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(queue = "orders")]
async fn ship(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- src/bin/bill.rs
#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(queue = "orders")]
async fn bill(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
