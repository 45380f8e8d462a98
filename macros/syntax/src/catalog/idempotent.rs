//! Rules about `idempotent`.

use super::{examples, rules};

const REDELIVERY: &str = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html";

rules! {
    /// Messages with the same key are the same message. The key is a field of the message, and begins with the
    /// name of the parameter, or it is the path of a `fn(&M) -> impl Display`.
    IDEMPOTENT_KEY: Error = examples(
        "#[sqs_batch(idempotent(key = message.id))]",
        "#[sqs_batch(idempotent(key = order.id))]",
    );

    /// The key is the text of a field, so its type implements `Display`; a function that makes it has the type
    /// `fn(&M) -> impl Display`.
    HANDLER_KEY: Error = examples(
        r#"// src/main.rs
#[sqs_batch(idempotent(key = order.items))] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }
struct Order { items: Vec<u64> }"#,
        r#"// src/main.rs
#[sqs_batch(idempotent(key = order.id))] async fn handle(order: Order) -> Result<(), Error> { Ok(()) }
struct Order { id: u64, items: Vec<u64> }"#,
    );

    /// SQS gives a message that is redriven a new id, so with the id as its key a message that was completed
    /// before would be processed again. A key of the sender stays the same.
    IDEMPOTENT_MESSAGE_ID: Error = examples(
        r#"#[sqs_batch(idempotent(key = message_id), dlq_redrive = "rate(1 day)")]"#,
        r#"#[sqs_batch(idempotent(key = order.id), dlq_redrive = "rate(1 day)")]"#,
    )
    .reads(&["idempotent", "dlq_redrive"])
    .on("key")
    .see("https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html");

    /// A copy of a message can be delivered as long as it is in the queue, in the DLQ before each redrive, and,
    /// after the last one, where a person finds it and redrives it. A key that is forgotten earlier lets the copy be
    /// processed again.
    IDEMPOTENT_TTL: Deliberate = examples(
        r#"#[sqs_batch(idempotent(key = order.id, ttl = "1d"))]"#,
        "#[sqs_batch(idempotent(key = order.id))]",
    )
    .reads(&["idempotent", "queue", "dlq", "retention", "dlq_retention", "dlq_redrive", "redrive_rounds"])
    .on("ttl")
    .see(REDELIVERY);

    /// With `redrive_rounds = "unlimited"` a copy of a message can be delivered at any time, so no default is long
    /// enough. Choose how long a completed key is remembered.
    IDEMPOTENT_TTL_MISSING: Error = examples(
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", redrive_rounds = "unlimited", idempotent(key = order.id))]"#,
        r#"#[sqs_batch(dlq_redrive = "rate(1 day)", redrive_rounds = "unlimited", idempotent(key = order.id, ttl = "90d"))]"#,
    )
    .reads(&["idempotent", "dlq_redrive", "redrive_rounds"])
    .see(REDELIVERY);

    /// `table` is the name of a DynamoDB table in the account and region of the deployment, or an ARN. Its
    /// partition key is the string `id`, it has no sort key, and its TTL attribute is `expires`.
    IDEMPOTENT_TABLE: Error = examples(
        r#"#[sqs_batch(idempotent(key = order.id, table = "completed orders"))]"#,
        r#"#[sqs_batch(idempotent(key = order.id, table = "completed-orders"))]"#,
    )
    .see("https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html");

    /// The DynamoDB client is part of the feature `idempotency` of the crate `redrive`, which is off by default.
    /// Add it to the dependency's `features`.
    IDEMPOTENCY_FEATURE: Error = examples(
        r#"// Cargo.toml: redrive = "0.1"
#[sqs_batch(idempotent(key = order.id))]"#,
        r#"// Cargo.toml: redrive = { version = "0.1", features = ["idempotency"] }
#[sqs_batch(idempotent(key = order.id))]"#,
    );
}
