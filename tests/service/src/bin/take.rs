//! Takes orders from a topic, and sends them on to a queue of another stack.

use std::env;

use aws_sdk_sqs::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
};
use redrive::{BoxError, Permanent, PermanentExt as _, Sns, sqs_batch};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct Order {
    sku: String,
    /// Another queue, to which this function may not send.
    #[serde(skip_serializing)]
    queue: Option<String>,
}

#[sqs_batch(
    queue = "orders-${Stage}",
    timeout = "10s",
    topics = "${OrdersTopicArn}",
    filter_policy = r#"{"kind": [{"prefix": "order"}], "test": [{"exists": false}]}"#,
    kms_key = "${KeyArn}",
    permissions = "iam/take.json",
    env(SHIPMENTS_URL = "${ShipmentsUrl}"),
    init = Shipments::from_env,
    on_permanent = "dlq"
)]
async fn take_order(order: Sns<Order>, shipments: &Shipments) -> Result<(), BoxError> {
    if order.topic_arn.is_none() {
        return Err(Permanent::new("not in SNS's envelope").into());
    }
    let queue = order.message.queue.as_deref();
    let send = shipments.client.send_message();
    send.queue_url(queue.unwrap_or(&shipments.queue))
        .message_body(serde_json::to_string(&order.message)?)
        .send()
        .await
        .permanent()?;
    Ok(())
}

/// The queue of the orders to ship.
struct Shipments {
    client: Client,
    queue: String,
}

impl Shipments {
    async fn from_env() -> Result<Self, BoxError> {
        let (id, secret) = (
            env::var("AWS_ACCESS_KEY_ID")?,
            env::var("AWS_SECRET_ACCESS_KEY")?,
        );
        let token = env::var("AWS_SESSION_TOKEN").ok();
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(env::var("AWS_REGION")?))
            .credentials_provider(Credentials::new(id, secret, token, None, "environment"));
        let endpoint = env::var("AWS_ENDPOINT_URL_SQS").or_else(|_| env::var("AWS_ENDPOINT_URL"));
        config.set_endpoint_url(endpoint.ok());
        Ok(Self {
            client: Client::from_conf(config.build()),
            queue: env::var("SHIPMENTS_URL")?,
        })
    }
}
