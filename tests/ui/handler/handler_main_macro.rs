#![allow(dead_code, unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(template = false)]
#[tokio::main]
async fn handle(order: Order) -> Result<(), Error> {
    Ok(())
}
