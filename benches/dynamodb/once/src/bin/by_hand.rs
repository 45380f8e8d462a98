//! The same function without DynamoDB, which waits for as long as the two calls take.

use redrive::sqs_batch;
use redrive_bench_dynamodb_once::{CALL, Order, WORK};

#[sqs_batch(
    template = false,
    concurrency = 10,
    batch_size = 100,
    batch_window = "1s"
)]
async fn by_hand(order: Order) -> Result<(), String> {
    let _ = order.id;
    tokio::time::sleep(CALL).await;
    tokio::time::sleep(WORK).await;
    tokio::time::sleep(CALL).await;
    Ok(())
}
