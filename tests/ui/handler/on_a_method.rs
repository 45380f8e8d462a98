#![allow(unused_variables)]

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

type Error = std::io::Error;

struct Shop;

impl Shop {
    #[sqs_batch]
    async fn handle(&self, order: Order) -> Result<(), Error> {
        let _ = order.id;
        Ok(())
    }
}

fn main() {}
