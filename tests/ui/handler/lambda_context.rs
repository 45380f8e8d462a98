#![allow(dead_code, unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

struct Context;

#[sqs_batch(template = false)]
async fn handle(order: Order, ctx: Context) -> Result<(), Error> {
    Ok(())
}
