#![allow(dead_code, unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

trait Store {}

#[sqs_batch(init = connect)]
async fn handle(order: Order, store: &(dyn Store + Send + Sync)) -> Result<(), Error> {
    Ok(())
}

async fn connect() -> Result<Box<dyn Store + Send + Sync>, Error> {
    Err(Error::other("no store"))
}
