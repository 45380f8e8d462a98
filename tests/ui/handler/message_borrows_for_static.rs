#![allow(dead_code, unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: &'static str,
}

type Error = std::io::Error;

#[sqs_batch(template = false)]
async fn handle(order: Order) -> Result<(), Error> {
    Ok(())
}
//@ by the compiler
