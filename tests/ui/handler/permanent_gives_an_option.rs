#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch(is_permanent = is_gone, template = false)]
async fn handle(order: Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}

fn is_gone(error: &Error) -> Option<bool> {
    None
}
