//@ --features sqs-client
#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(dlq_redrive = "cron(30 7 ? * 1-5 *)")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
