//- src/main.rs
#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(env(ROLES = "${RolePath}"))]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
