#![allow(dead_code, unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(init = connect)]
async fn handle(order: Order, region: &str) -> Result<(), Error> {
    Ok(())
}

async fn connect() -> Result<String, Error> {
    Ok(String::new())
}
