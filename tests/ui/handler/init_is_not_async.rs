#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

struct State;

#[sqs_batch(init = connect, template = false)]
async fn handle(order: Order, state: &State) -> Result<(), Error> {
    let _ = (order.id, state);
    Ok(())
}

fn connect() -> Result<State, Error> {
    Ok(State)
}
