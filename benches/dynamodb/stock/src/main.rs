//! A handler that writes each order to a table.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use lambda_runtime::Error;
use redrive_bench_stock::{Order, serve};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::v2026_01_12()).await;
    let client = Client::new(&config);
    serve(|order| process(order, &client)).await
}

async fn process(order: Order, client: &Client) -> Result<(), Error> {
    client
        .put_item()
        .table_name("orders")
        .item("id", AttributeValue::N(order.id.to_string()))
        .item("sku", AttributeValue::S(order.sku))
        .item("quantity", AttributeValue::N(order.quantity.to_string()))
        .send()
        .await?;
    Ok(())
}
