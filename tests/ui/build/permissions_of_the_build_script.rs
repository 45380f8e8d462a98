#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- build.rs
fn main() {
    redrive_infra::Builder::new()
        .permissions_boundary("boundary")
        .role_path("orders")
        .build();
}
//@ mistakes: 2
