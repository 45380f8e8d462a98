//! A handler that does next to nothing, so that the framework is what is
//! measured.

use lambda_runtime::Error;
use redrive_bench_stock::{Order, serve};

#[tokio::main]
async fn main() -> Result<(), Error> {
    serve(process).await
}

async fn process(order: Order) -> Result<(), Error> {
    if order.quantity == 0 || order.sku.is_empty() {
        return Err(format!("order {} is empty", order.id).into());
    }
    Ok(())
}
