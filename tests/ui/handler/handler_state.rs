#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

struct State;

#[sqs_batch]
async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }
