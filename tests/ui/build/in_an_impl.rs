#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

struct Shop;

impl Shop {
    #[redrive::sqs_batch]
    async fn handle(order: Order) -> Result<(), String> {
        let _ = order.id;
        Ok(())
    }
}

fn main() {}
