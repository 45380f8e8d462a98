//! A handler that computes for 20 ms, two at once.

#[path = "../../../work.rs"]
mod work;

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[sqs_batch(template = false, concurrency = 2)]
async fn compute(order: Order) -> Result<(), String> {
    work::compute(order.id);
    Ok(())
}
