#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch]
async fn handle<'a>(order: &'a Order) -> Result<(), Error> {
    let _ = order.id;
    Ok(())
}
