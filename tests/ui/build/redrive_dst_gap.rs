//@ --features sqs-client
#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(dlq_redrive = "cron(30 2 * * ? *)", redrive_timezone = "Europe/Berlin")]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
