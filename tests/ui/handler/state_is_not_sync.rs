#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

struct State {
    seen: std::cell::RefCell<Vec<u64>>,
}

#[sqs_batch(init = connect, template = false)]
async fn handle(order: Order, state: &State) -> Result<(), Error> {
    state.seen.borrow_mut().push(order.id);
    Ok(())
}

async fn connect() -> Result<State, Error> {
    let seen = Vec::new().into();
    Ok(State { seen })
}
