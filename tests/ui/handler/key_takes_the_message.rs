#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[sqs_batch(idempotent(key = order_key), template = false)]
async fn handle(order: Order) -> Result<(), std::io::Error> {
    let _ = order.id;
    Ok(())
}

fn order_key(order: Order) -> u64 {
    order.id
}
