//- src/bin/a.rs
#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- src/bin/b.rs
#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
