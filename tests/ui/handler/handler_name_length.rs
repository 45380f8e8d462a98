#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch]
async fn process_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_order_(order: Order) -> Result<(), Error> { Ok(()) }
