//! Each order once: two calls to DynamoDB.

use redrive::sqs_batch;
use redrive_bench_dynamodb_once::{Order, WORK};

#[sqs_batch(template = false, concurrency = 10, batch_size = 100, batch_window = "1s", idempotent(key = order.id))]
async fn once(order: Order) -> Result<(), String> {
    let _ = order.id;
    tokio::time::sleep(WORK).await;
    Ok(())
}
