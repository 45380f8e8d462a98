use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(retention = "4d", dlq_retention = "4d")]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
