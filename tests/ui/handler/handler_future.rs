#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(template = false)]
async fn handle(order: Order) -> Result<(), Error> {
    let counter = std::rc::Rc::new(order.id);
    tokio::task::yield_now().await;
    let _ = counter;
    Ok(())
}
