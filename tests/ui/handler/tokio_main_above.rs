#![allow(dead_code, unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[tokio::main]
#[sqs_batch(template = false)]
async fn handle(order: Order) -> Result<(), Error> {
    Ok(())
}
