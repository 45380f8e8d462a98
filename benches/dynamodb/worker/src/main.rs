//! A handler that writes each order to a table, in a binary that is the redrive
//! function as well.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use redrive::{BoxError, sqs_batch};

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
    sku: String,
    quantity: u32,
}

async fn connect() -> Result<Client, BoxError> {
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::v2026_01_12()).await;
    Ok(Client::new(&config))
}

#[sqs_batch(template = false, init = connect, dlq_redrive = "rate(12 hours)")]
async fn process_order(order: Order, client: &Client) -> Result<(), BoxError> {
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
