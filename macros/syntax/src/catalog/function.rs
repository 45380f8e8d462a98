//! Rules about the worker function: its time, its environment, its role.

use super::queue::FIFO_BATCH_SIZE;
use super::{deliberate, error, rules, warning};

rules! {
    /// All messages of a batch, with every retry and the longest waits, must fit in the function's timeout.
    /// Otherwise the last messages are returned to the queue without being processed, which counts as a
    /// receive. The time is ceil(batch_size / concurrency) × ((retries + 1) × attempt_timeout + waits) plus
    /// half a second for the answer. Without `attempt_timeout` only the waits are counted, because the length
    /// of an attempt is not known. The messages of a FIFO queue may all be of one group, which is handled one
    /// after another, so `concurrency` does not count there. `on_permanent = "dlq"` adds 3 s, the longest that
    /// the worker waits for SQS to accept a message.
    RETRY_BUDGET = error(
        "retry_budget",
        r#"#[sqs_batch(retries = 5, backoff = "1s..10s")]"#,
        r#"#[sqs_batch(retries = 5, backoff = "1s..10s", concurrency = 10)]"#,
    )
    .reads(&[
        "retries", "backoff", "attempt_timeout", "batch_size", "concurrency", "timeout", "queue", "on_permanent",
    ])
    .after(&[&ATTEMPT_TIMEOUT, &FIFO_BATCH_SIZE]);

    /// An attempt ends with the invocation at the latest, so a longer limit for it would never be reached.
    /// Without `attempt_timeout` an attempt may take the whole time left.
    ATTEMPT_TIMEOUT = error(
        "attempt_timeout",
        r#"#[sqs_batch(attempt_timeout = "30s", timeout = "30s", retries = 0, batch_size = 1)]"#,
        r#"#[sqs_batch(attempt_timeout = "10s", timeout = "30s", retries = 0, batch_size = 1)]"#,
    )
    .reads(&["attempt_timeout", "timeout"]);

    /// The backoff is the wait before a retry, so it has no effect without retries.
    BACKOFF_WITHOUT_RETRIES = warning(
        "backoff_without_retries",
        r#"#[sqs_batch(retries = 0, backoff = "1s..5s")]"#,
        r#"#[sqs_batch(retries = 1, backoff = "1s..2s")]"#,
    )
    .reads(&["backoff", "retries"]);

    /// Lambda waits 10 s for `init`. After that it repeats `init` in the first invocation, and then the
    /// function's timeout applies.
    INIT_TIMEOUT = warning(
        "init_timeout",
        r#"#[sqs_batch(init = connect, timeout = "5s", retries = 0)] async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }"#,
        r#"#[sqs_batch(init = connect, timeout = "10s")] async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }"#,
    )
    .reads(&["init", "timeout"])
    .see(
        "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib",
    );

    /// No more messages can be handled at once than a batch holds.
    CONCURRENCY_OVER_BATCH = warning(
        "concurrency_over_batch",
        "#[sqs_batch(batch_size = 5, concurrency = 10)]",
        "#[sqs_batch(batch_size = 10, concurrency = 10)]",
    )
    .reads(&["concurrency", "batch_size"]);

    /// All environment variables of a function have at most 4096 bytes together, measured as JSON. With
    /// `queue_backoff` or `on_permanent = "dlq"`, the template adds the URL of a queue.
    ENV_SIZE = error(
        "env_size",
        r#"// any value of over 4,080 bytes
#[sqs_batch(env(PRICES = "{ … }"))]"#,
        r#"#[sqs_batch(env(LEVEL = "info"))]"#,
    )
    .reads(&["env", "queue_backoff", "on_permanent"])
    .see(
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
    );

    /// A role has at most 10 managed policies, unless the account's quota was raised.
    POLICIES_QUOTA = deliberate(
        "policies_quota",
        r#"#[sqs_batch(policies = ["arn:aws:iam::aws:policy/P0", "arn:aws:iam::aws:policy/P1", "arn:aws:iam::aws:policy/P2", "arn:aws:iam::aws:policy/P3", "arn:aws:iam::aws:policy/P4", "arn:aws:iam::aws:policy/P5", "arn:aws:iam::aws:policy/P6", "arn:aws:iam::aws:policy/P7", "arn:aws:iam::aws:policy/P8", "arn:aws:iam::aws:policy/P9", "arn:aws:iam::aws:policy/P10"])]"#,
        r#"#[sqs_batch(policies = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"])]"#,
    )
    .reads(&["policies"])
    .see(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    );
}
