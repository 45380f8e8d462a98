//! A handler that never ends, so that the deadline ends each invocation and every
//! record gets a delay.

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[sqs_batch(
    template = false,
    timeout = "1s",
    retries = 0,
    queue_backoff = "30s..15m"
)]
async fn hang(order: Order) -> Result<(), String> {
    _ = order.id;
    std::future::pending().await
}
