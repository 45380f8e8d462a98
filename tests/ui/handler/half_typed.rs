#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch]
async fn handle(order: ) -> Result<(), Error> {
    Ok(())
}

//@ by the compiler
