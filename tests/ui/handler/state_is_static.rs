#![allow(dead_code, unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

struct Db;

#[sqs_batch(init = connect)]
async fn handle(order: Order, db: &'static Db) -> Result<(), Error> {
    Ok(())
}

async fn connect() -> Result<Db, Error> {
    Ok(Db)
}
