#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[derive(Debug)]
struct Failed;

#[sqs_batch(template = false)]
async fn handle(order: Order) -> Result<(), Failed> {
    let _ = order.id;
    Err(Failed)
}
