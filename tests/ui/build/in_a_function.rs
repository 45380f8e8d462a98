#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

fn main() {
    #[redrive::sqs_batch]
    async fn handle(order: Order) -> Result<(), String> {
        let _ = order.id;
        Ok(())
    }
}
