use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(env(AWS_REGION = "eu-west-1"))]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
