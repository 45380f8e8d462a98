//! A handler that computes for 20 ms.

#[path = "../../../work.rs"]
mod work;

use lambda_runtime::Error;
use redrive_bench_stock::{Order, serve};

#[tokio::main]
async fn main() -> Result<(), Error> {
    serve(process).await
}

async fn process(order: Order) -> Result<(), Error> {
    work::compute(order.id);
    Ok(())
}
