use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[sqs_batch(
    idempotent(key = order.id),
    dlq_redrive = "rate(1 day)",
    redrive_rounds = "unlimited"
)]
async fn handle(order: Order) -> Result<(), std::io::Error> {
    let _ = order.id;
    Ok(())
}
