//! Every key that goes with every other.

#[derive(serde::Deserialize)]
struct Order {
    id: u64,
}

#[redrive::sqs_batch(
    queue = "every-key-${Stage:-dev}",
    dlq = "every-key-dead-${Stage}",
    fifo = false,
    senders = ["arn:aws:s3:::uploads-${Stage}", "123456789012"],
    topics = "${TopicArn}",
    raw = true,
    filter_policy = "{}",
    filter_policy_scope = "body",
    kms_key = "${KeyArn}",
    batch_size = 10_000,
    batch_window = "300s",
    max_concurrency = 1000,
    retries = 10,
    backoff = "1ms..10ms",
    concurrency = 1000,
    attempt_timeout = "1s",
    timeout = "900s",
    memory = 10240,
    ephemeral_storage = 10240,
    reserved_concurrency = 1000,
    tracing = true,
    max_receive_count = 20,
    visibility_timeout = "12h",
    retention = "13d",
    dlq_retention = "14d",
    dlq_redrive = "rate(12 hours)",
    redrive_timezone = "UTC",
    redrive_max_per_second = 500,
    redrive_rounds = 10,
    parking = "every-key-given-up",
    on_total_failure = "report",
    on_permanent = "dlq",
    queue_backoff = "1s..59s",
    metrics = false,
    flush = flush,
    alarms(dlq_depth = 10, oldest = "1d", errors = 3),
    idempotent(key = order.id, ttl = "365d", on_conflict = "permanent", table = "completed-orders"),
    env(LEVEL = "info", BUCKET = "orders"),
    tags(team = "orders", cost-center = "42"),
    policies = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
)]
async fn every_key(order: Order) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let _ = order.id;
    Ok(())
}

async fn flush() {}
