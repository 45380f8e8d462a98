use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[sqs_batch(dlq = "failed", parking = "failed", dlq_redrive = "rate(1 day)")]
async fn handle(order: Order) -> Result<(), std::io::Error> {
    let _ = order.id;
    Ok(())
}
