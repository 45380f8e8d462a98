//! A handler that waits 20 ms for something else, as most do, ten at once.

use std::time::Duration;

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[sqs_batch(template = false, concurrency = 10)]
async fn wait(order: Order) -> Result<(), String> {
    _ = order.id;
    tokio::time::sleep(Duration::from_millis(20)).await;
    Ok(())
}
