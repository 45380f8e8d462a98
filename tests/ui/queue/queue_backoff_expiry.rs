use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(retention = "1h", queue_backoff = "30s..1h")]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
