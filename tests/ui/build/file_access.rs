mod orders;

use orders::main;

//- src/orders.rs/mod.rs
#[redrive::sqs_batch]
async fn handle(order: u64) -> Result<(), String> {
    let _ = order;
    Ok(())
}
