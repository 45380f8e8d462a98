//! Rules about the queues and the event source mapping.

use super::{examples, rules};

pub(super) const RETENTION: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html";
const PARAMETERS: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html";
const CONFIGURE: &str = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html";
const SCALING: &str = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html";
const CREATE_QUEUE: &str =
    "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html";
pub(super) const DEAD_LETTER_QUEUES: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html";

rules! {
    /// A queue's name has at most 80 letters, digits, `-` and `_`, and a FIFO queue's ends in `.fifo`. The
    /// DLQ's name is the queue's with `-dlq`, so 76 are left. A queue that exists is named by its ARN.
    QUEUE_NAME: Error = examples(
        r#"#[sqs_batch(queue = "new orders")]"#,
        r#"#[sqs_batch(queue = "new-orders")]"#,
    )
    .reads(&["queue", "dlq", "parking"])
    .see(CREATE_QUEUE);

    /// A batch of over 10 messages needs a batching window of at least a second.
    BATCH_NEEDS_WINDOW: Error = examples(
        "#[sqs_batch(batch_size = 100, concurrency = 10)]",
        r#"#[sqs_batch(batch_size = 100, batch_window = "1s", concurrency = 10)]"#,
    )
    .reads(&["batch_window", "batch_size", "queue", "fifo"])
    .see(PARAMETERS)
    .after(&[&QUEUE_NAME]);

    /// A batch from a FIFO queue has at most 10 messages.
    FIFO_BATCH_SIZE: Error = examples(
        r#"#[sqs_batch(queue = "orders.fifo", batch_size = 11, allow = "fifo_dlq_order")]"#,
        r#"#[sqs_batch(queue = "orders.fifo", batch_size = 10, allow = "fifo_dlq_order")]"#,
    )
    .reads(&["batch_size", "queue", "fifo"])
    .see(PARAMETERS)
    .after(&[&QUEUE_NAME]);

    /// A batching window is for standard queues only.
    FIFO_BATCH_WINDOW: Error = examples(
        r#"#[sqs_batch(queue = "orders.fifo", batch_window = "5s", allow = "fifo_dlq_order")]"#,
        r#"#[sqs_batch(queue = "orders.fifo", allow = "fifo_dlq_order")]"#,
    )
    .reads(&["batch_window", "queue", "fifo"])
    .see(PARAMETERS)
    .after(&[&QUEUE_NAME]);

    /// A DLQ breaks the strict order of a FIFO queue: the messages after one that was moved to the DLQ are
    /// handled before it. redrive always has a DLQ, because a message that cannot succeed would otherwise block
    /// its group until it expires. Accept with `allow` that only the order of completed messages is kept.
    FIFO_DLQ_ORDER: Deliberate = examples(
        r#"#[sqs_batch(queue = "orders.fifo")]"#,
        r#"#[sqs_batch(queue = "orders.fifo", allow = "fifo_dlq_order")]"#,
    )
    .reads(&["queue", "fifo", "dlq"])
    .see(DEAD_LETTER_QUEUES)
    .after(&[&QUEUE_NAME]);

    /// Only a FIFO queue has an order that a failure can break. On a standard queue each message is
    /// independent.
    GROUP_FAILURE_NEEDS_FIFO: Error = examples(
        r#"#[sqs_batch(on_group_failure = "stop_batch")]"#,
        r#"#[sqs_batch(queue = "orders.fifo", on_group_failure = "stop_batch", allow = "fifo_dlq_order")]"#,
    )
    .reads(&["on_group_failure", "queue", "fifo"])
    .after(&[&QUEUE_NAME]);

    /// A message that becomes visible while it is being handled is handled twice. Lambda refuses a queue
    /// whose visibility timeout is shorter than the function's timeout.
    VISIBILITY_TIMEOUT: Error = examples(
        r#"#[sqs_batch(timeout = "60s", visibility_timeout = "59s")]"#,
        r#"#[sqs_batch(timeout = "60s", visibility_timeout = "60s", allow = "visibility_recommended")]"#,
    )
    .reads(&["visibility_timeout", "timeout", "batch_window"])
    .see(CONFIGURE);

    /// The visibility timeout begins when a message is received, before the batching window and the invocation.
    /// Both must fit in it.
    VISIBILITY_WINDOW: Error = examples(
        r#"#[sqs_batch(timeout = "60s", batch_window = "30s", visibility_timeout = "90s")]"#,
        r#"#[sqs_batch(timeout = "60s", batch_window = "30s", visibility_timeout = "91s", allow = "visibility_recommended")]"#,
    )
    .reads(&["visibility_timeout", "batch_window", "timeout", "queue", "fifo"])
    .see(CONFIGURE)
    .after(&[&FIFO_BATCH_WINDOW, &VISIBILITY_TIMEOUT]);

    /// AWS recommends six times the function's timeout plus the batching window, so that Lambda can try
    /// again when the function is throttled before a message is delivered twice.
    VISIBILITY_RECOMMENDED: Warning = examples(
        r#"#[sqs_batch(timeout = "60s", visibility_timeout = "2m")]"#,
        r#"#[sqs_batch(timeout = "60s", visibility_timeout = "6m")]"#,
    )
    .reads(&["visibility_timeout", "timeout", "batch_window", "queue", "fifo"])
    .see(CONFIGURE)
    .after(&[&FIFO_BATCH_WINDOW, &VISIBILITY_TIMEOUT, &VISIBILITY_WINDOW]);

    /// AWS recommends at least 5 receives: throttled invocations count as receives too, and would send good
    /// messages to the DLQ.
    RECEIVE_COUNT_LOW: Warning = examples(
        "#[sqs_batch(max_receive_count = 4)]",
        "#[sqs_batch(max_receive_count = 5)]",
    )
    .reads(&["max_receive_count"])
    .see(CONFIGURE);

    /// Lambda scales a mapping either by itself, up to `max_concurrency`, or in provisioned mode (`pollers`).
    POLLERS_OR_MAX_CONCURRENCY: Error = examples(
        r#"#[sqs_batch(pollers = "2..50", max_concurrency = 100)]"#,
        r#"#[sqs_batch(pollers = "2..50")]"#,
    )
    .reads(&["pollers", "max_concurrency"])
    .see(SCALING);

    /// The API of Lambda accepts up to 10000 pollers. Older documents and tools say 2000.
    POLLERS_HIGH: Warning = examples(
        r#"#[sqs_batch(pollers = "2..2001")]"#,
        r#"#[sqs_batch(pollers = "2..2000")]"#,
    )
    .reads(&["pollers"])
    .see("https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedPollerConfig.html");

    /// SQS deletes a message when its retention is over. An alarm that waits for a message of that age never rings.
    ALARM_OLDEST: Error = examples(
        r#"#[sqs_batch(alarms(oldest = "4d"), retention = "4d")]"#,
        r#"#[sqs_batch(alarms(oldest = "3d"), retention = "4d")]"#,
    )
    .reads(&["alarms", "retention"])
    .on("oldest");

    /// On a standard queue a message keeps the time it was first sent when it moves to the DLQ. A DLQ that
    /// does not keep messages longer than the source queue deletes them as they arrive.
    DLQ_RETENTION: Error = examples(
        r#"#[sqs_batch(retention = "4d", dlq_retention = "4d")]"#,
        r#"#[sqs_batch(retention = "4d", dlq_retention = "14d")]"#,
    )
    .reads(&["dlq_retention", "retention", "queue", "fifo"])
    .see(RETENTION)
    .after(&[&QUEUE_NAME]);

    /// A message that keeps failing is hidden for the visibility timeout (or `queue_backoff`) after each
    /// receive. It goes to the DLQ after `max_receive_count` receives, or after one more if `redrive_rounds` counts
    /// them and the last run did not end. If it expires before that, SQS
    /// deletes it without a trace.
    EXPIRES_BEFORE_DLQ: Error = examples(
        r#"#[sqs_batch(retention = "15m")]"#,
        r#"#[sqs_batch(retention = "16m")]"#,
    )
    .reads(&["retention", "visibility_timeout", "queue_backoff", "max_receive_count", "timeout", "batch_window", "queue", "fifo", "dlq_redrive", "redrive_rounds"])
    .see(CREATE_QUEUE)
    .after(&[&FIFO_BATCH_WINDOW]);
}
