use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(timeout = "60s", batch_window = "30s", visibility_timeout = "90s", allow = "visibility_recommended")]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
