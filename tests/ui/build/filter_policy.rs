//- src/main.rs
#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(topics = "arn:aws:sns:eu-west-1:123456789012:orders", filter_policy = "kind = order")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
