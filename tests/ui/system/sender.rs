use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(senders = ["arn:aws:s3:::uploads", "uploads"])]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
