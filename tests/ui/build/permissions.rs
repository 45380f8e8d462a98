#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(permissions = "iam/orders.json")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

//- iam/orders.json
[{ "Effect": "Allow", "Actions": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*" }]
