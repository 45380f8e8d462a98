//! A handler that does next to nothing, on two cores.

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
    sku: String,
    quantity: u32,
}

#[sqs_batch(template = false, concurrency = 2)]
async fn two_lanes(order: Order) -> Result<(), String> {
    if order.quantity == 0 || order.sku.is_empty() {
        return Err(format!("order {} is empty", order.id));
    }
    Ok(())
}
