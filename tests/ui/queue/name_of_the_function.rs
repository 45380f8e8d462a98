use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(retries = 1)]
async fn größe(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
