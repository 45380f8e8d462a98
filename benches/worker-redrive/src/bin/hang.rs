//! A handler that never ends, so that the deadline ends each invocation and every
//! record gets a delay.

use redrive::sqs_batch;

#[derive(serde::Deserialize)]
struct Order {}

#[sqs_batch(
    template = false,
    timeout = "1s",
    retries = 0,
    queue_backoff = "30s..15m"
)]
async fn hang(_: Order) -> Result<(), String> {
    std::future::pending().await
}
