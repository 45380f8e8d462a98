use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(reserved_concurrency = 10, max_concurrency = 20)]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
