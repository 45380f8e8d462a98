#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(tags(team = "orders"))]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- build.rs
fn main() {
    redrive_infra::Builder::new()
        .tag("aws:team", "orders")
        .build();
}
