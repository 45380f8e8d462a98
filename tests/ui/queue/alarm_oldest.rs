use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(alarms(oldest = "4d"), retention = "4d")]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
