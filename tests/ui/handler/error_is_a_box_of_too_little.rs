#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(template = false)]
async fn handle(order: Order) -> Result<(), Box<dyn std::error::Error>> {
    let _ = order.id;
    Ok(())
}
