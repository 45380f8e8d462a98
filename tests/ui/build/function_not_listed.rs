#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

macro_rules! function {
    ($name:ident) => {
        #[redrive::sqs_batch]
        async fn $name(order: Order) -> Result<(), String> {
            let _ = order.id;
            Ok(())
        }
    };
}
function!(handle);
