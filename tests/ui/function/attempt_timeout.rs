use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(attempt_timeout = "30s", timeout = "30s", retries = 0, batch_size = 1)]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
