use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(topics = "arn:aws:sns:eu-west-1:123456789012:orders", filter_policy_scope = "body")]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
