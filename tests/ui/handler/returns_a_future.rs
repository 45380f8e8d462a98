#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

#[sqs_batch]
fn handle(order: Order) -> impl Future<Output = Result<(), Error>> {
    async move {
        let _ = order.id;
        Ok(())
    }
}
