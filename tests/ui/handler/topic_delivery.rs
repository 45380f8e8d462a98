use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Published = redrive::Sns<Order>;

#[sqs_batch(template = false, topics = "arn:aws:sns:eu-west-1:123456789012:orders")]
async fn handle(order: Published) -> Result<(), std::io::Error> {
    let _ = order.message.id;
    Ok(())
}
