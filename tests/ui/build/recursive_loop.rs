//@ --features sqs-client

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(
    dlq_redrive = "rate(1 day)",
    redrive_rounds = "unlimited",
    on_permanent = "dlq"
)]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
