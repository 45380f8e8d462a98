#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    items: Vec<u64>,
}

#[sqs_batch(idempotent(key = order.items), template = false)]
async fn handle(order: Order) -> Result<(), std::io::Error> {
    let _ = order.items;
    Ok(())
}
