#![allow(dead_code, unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(init = connect)]
async fn handle(order: Order, rates: &[u32]) -> Result<(), Error> {
    Ok(())
}

async fn connect() -> Result<Vec<u32>, Error> {
    Ok(Vec::new())
}
