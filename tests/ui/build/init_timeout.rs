#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(init = connect, timeout = "5s", retries = 0)]
async fn handle(order: Order, _state: &u8) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

async fn connect() -> Result<u8, String> {
    Ok(0)
}
