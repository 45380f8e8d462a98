//! A handler that does next to nothing, in a binary that is the redrive function
//! as well.

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
    sku: String,
    quantity: u32,
}

#[sqs_batch(template = false, dlq_redrive = "rate(12 hours)")]
async fn process_order(order: Order) -> Result<(), String> {
    if order.quantity == 0 || order.sku.is_empty() {
        return Err(format!("order {} is empty", order.id));
    }
    Ok(())
}
