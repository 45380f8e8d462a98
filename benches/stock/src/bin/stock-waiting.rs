//! A handler that waits 20 ms for something else, as most do.

use std::time::Duration;

use lambda_runtime::Error;
use redrive_bench_stock::{Order, serve};

#[tokio::main]
async fn main() -> Result<(), Error> {
    serve(process).await
}

async fn process(_: Order) -> Result<(), Error> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    Ok(())
}
