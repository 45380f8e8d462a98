#[derive(serde::Deserialize)]
pub(crate) struct Order {
    id: u64,
}

#[redrive::sqs_batch(queue = "orders.fifo", allow = "fifo_dlq_order")]
pub(crate) async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}
