use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[sqs_batch(idempotent(key = message.id), template = false)]
async fn handle(order: Order) -> Result<(), std::io::Error> {
    let _ = order.id;
    Ok(())
}
