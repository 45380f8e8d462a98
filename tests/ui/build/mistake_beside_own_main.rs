#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(batchsize = 5)]
async fn handle(order: Order) -> Result<(), String> {
    let _ = order.id;
    Ok(())
}

fn main() {
    println!("starting");
}
