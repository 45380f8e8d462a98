#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

struct Failed;

#[sqs_batch(is_permanent = is_gone, template = false)]
async fn handle(order: Order) -> Result<(), Failed> {
    let _ = order.id;
    Ok(())
}

fn is_gone(error: &Failed) -> bool {
    true
}
