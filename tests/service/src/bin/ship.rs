//! Ships orders from a queue of another stack. Urgent ones come from the topic at once.

use redrive::{BoxError, Message, Permanent, sqs_batch};
use serde::Deserialize;

#[derive(Deserialize)]
struct Order {
    sku: String,
}

#[sqs_batch(
    queue = "${ShipmentsArn}",
    dlq = "${ShipmentsDlqArn}",
    parking = "shipments-${Stage}-parked",
    fifo = false,
    visibility_timeout = "1m",
    timeout = "10s",
    batch_size = 5,
    topics = "${OrdersTopicArn}",
    filter_policy = r#"{"kind": ["rush"]}"#,
    kms_key = "${KeyArn}",
    vpc = true,
    on_permanent = "dlq",
    dlq_redrive = "rate(1 day)",
    allow = "vpc_endpoint"
)]
async fn ship_order(order: Message<Order>) -> Result<(), BoxError> {
    if order.body.sku == "sofa" {
        let kind = order.attributes.string("kind").unwrap_or("order");
        return Err(Permanent::new(format!("no sofa to ship, kind {kind}")).into());
    }
    Ok(())
}
