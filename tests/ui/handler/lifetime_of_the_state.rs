#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

struct State;

#[sqs_batch(init = connect)]
async fn handle<'a>(order: Order, state: &'a State) -> Result<(), Error> {
    let _ = (order.id, state);
    Ok(())
}

async fn connect() -> Result<State, Error> {
    Ok(State)
}
