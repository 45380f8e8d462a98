//! A handler that waits 20 ms for something else, as most do, ten at once.

use std::time::Duration;

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {}

#[sqs_batch(template = false, concurrency = 10)]
async fn wait(_: Order) -> Result<(), String> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    Ok(())
}
