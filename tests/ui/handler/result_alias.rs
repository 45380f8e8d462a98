#![allow(unused_variables)]

use redrive::sqs_batch;

type Outcome = std::ops::ControlFlow<()>;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[sqs_batch(template = false)]
async fn handle(order: Order) -> Outcome {
    Outcome::Continue(())
}
