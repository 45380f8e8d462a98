//! Rules about the worker function: its time, its environment, its role.

use super::queue::FIFO_BATCH_SIZE;
use super::{examples, rules};

rules! {
    /// All messages of a batch, with every retry and the longest waits, must fit in the function's timeout.
    /// Otherwise the last messages are returned to the queue without being processed, which counts as a
    /// receive. The time is ceil(batch_size / concurrency) × ((retries + 1) × attempt_timeout + waits) plus
    /// half a second for the answer. Without `attempt_timeout` only the waits are counted, because the length
    /// of an attempt is not known. The messages of a FIFO queue may all be of one group, which is handled one
    /// after another, so `concurrency` does not count there. `on_permanent = "dlq"` and `"park"` add 3 s, the
    /// longest that the worker waits for SQS to accept a message. `redrive_rounds` adds as much, and 100 ms for each
    /// further 160 messages of a batch, at most a third of the timeout. `flush` adds a tenth of the timeout, at most 1 s, and 100 ms.
    RETRY_BUDGET: Error = examples(
        r#"#[sqs_batch(retries = 5, backoff = "1s..10s")]"#,
        r#"#[sqs_batch(retries = 5, backoff = "1s..10s", concurrency = 10)]"#,
    )
    .reads(&[
        "retries", "backoff", "attempt_timeout", "batch_size", "concurrency", "timeout", "queue", "fifo", "on_permanent",
        "flush", "dlq_redrive", "redrive_rounds",
    ])
    .after(&[&ATTEMPT_TIMEOUT, &FIFO_BATCH_SIZE]);

    /// An attempt ends with the invocation at the latest, so a longer limit for it would never be reached.
    /// Without `attempt_timeout` an attempt may take the whole time left.
    ATTEMPT_TIMEOUT: Error = examples(
        r#"#[sqs_batch(attempt_timeout = "30s", timeout = "30s", retries = 0, batch_size = 1)]"#,
        r#"#[sqs_batch(attempt_timeout = "10s", timeout = "30s", retries = 0, batch_size = 1)]"#,
    )
    .reads(&["attempt_timeout", "timeout"]);

    /// The backoff is the wait before a retry, so it has no effect without retries.
    BACKOFF_WITHOUT_RETRIES: Warning = examples(
        r#"#[sqs_batch(retries = 0, backoff = "1s..5s")]"#,
        r#"#[sqs_batch(retries = 1, backoff = "1s..2s")]"#,
    )
    .reads(&["backoff", "retries"]);

    /// Lambda allows 30 minutes since November 2026. Tools that check templates, such as cfn-lint, may still refuse
    /// more than 15 minutes; the template has cfn-lint accept it.
    TIMEOUT_OVER_15_MIN: Warning = examples(
        r#"#[sqs_batch(timeout = "20m")]"#,
        r#"#[sqs_batch(timeout = "15m")]"#,
    )
    .reads(&["timeout"])
    .see("https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html");

    /// A function in a VPC reaches SQS only by a VPC endpoint of SQS or a NAT gateway. The worker calls SQS itself
    /// for `redrive_rounds`, `queue_backoff` and `on_permanent`, and SQS and DynamoDB for `idempotent`; without them, each
    /// message is moved to the DLQ by SQS, and no round is counted. Lambda polls the queue without the VPC.
    VPC_ENDPOINT: Warning = examples(
        r#"#[sqs_batch(vpc = true, on_permanent = "dlq")]"#,
        r#"#[sqs_batch(vpc = true)]"#,
    )
    .reads(&["vpc", "queue_backoff", "on_permanent", "dlq_redrive", "redrive_rounds", "idempotent"])
    .see(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-internetwork-traffic-privacy.html",
    );

    /// Lambda waits 10 s for `init`. After that it repeats `init` in the first invocation, and then the
    /// function's timeout applies.
    INIT_TIMEOUT: Warning = examples(
        r#"#[sqs_batch(init = connect, timeout = "5s", retries = 0)] async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }"#,
        r#"#[sqs_batch(init = connect, timeout = "10s")] async fn handle(order: Order, state: &State) -> Result<(), Error> { Ok(()) }"#,
    )
    .reads(&["init", "timeout"])
    .see(
        "https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib",
    );

    /// No more messages can be handled at once than a batch contains.
    CONCURRENCY_OVER_BATCH: Warning = examples(
        "#[sqs_batch(batch_size = 5, concurrency = 10)]",
        "#[sqs_batch(batch_size = 10, concurrency = 10)]",
    )
    .reads(&["concurrency", "batch_size"]);

    /// All environment variables of a function have at most 4096 bytes together, measured as JSON. With
    /// `redrive_rounds`, `queue_backoff` or `on_permanent`, the template adds the URLs of queues.
    ENV_SIZE: Error = examples(
        r#"// any value of over 4,080 bytes
#[sqs_batch(env(PRICES = "{ … }"))]"#,
        r#"#[sqs_batch(env(LEVEL = "info"))]"#,
    )
    .reads(&["env", "queue_backoff", "on_permanent", "dlq_redrive", "redrive_rounds", "idempotent"])
    .see(
        "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
    );

    /// The variables of a function are in the template, in its change sets and in the console, for everyone who
    /// may read the function's settings. A password, a secret, a token or a private key belongs in Secrets
    /// Manager or SSM Parameter Store, and its ARN or name into the variable.
    ENV_SECRET: Warning = examples(
        r#"#[sqs_batch(env(DB_PASSWORD = "hunter2"))]"#,
        r#"#[sqs_batch(env(DB_PASSWORD_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db"))]"#,
    )
    .reads(&["env"])
    .see(
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    );

    /// A function needs as many reserved invocations as its event source mapping may start at the same time:
    /// `max_concurrency`, ten for each of the least `pollers`, or the five that Lambda starts with. Otherwise Lambda throttles the
    /// other invocations. Each throttled batch counts as a receive, so messages end up in the DLQ without being
    /// processed.
    RESERVED_CONCURRENCY: Deliberate = examples(
        "#[sqs_batch(reserved_concurrency = 10, max_concurrency = 20)]",
        "#[sqs_batch(reserved_concurrency = 20, max_concurrency = 20)]",
    )
    .reads(&["reserved_concurrency", "max_concurrency", "pollers"])
    .see("https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html");

    /// A resource has at most 50 tags. A tag's name has up to 128 and its value up to 256 letters, digits, spaces and
    /// `_.:/=+-@`; names that begin with `aws:` are reserved. The tags of the build script count too.
    TAG: Error = examples(
        r#"#[sqs_batch(tags(team = "orders, returns"))]"#,
        r#"#[sqs_batch(tags(team = "orders+returns"))]"#,
    )
    .see("https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html");

    /// A role has at most 10 managed policies, unless the account's quota was raised.
    POLICIES_QUOTA: Deliberate = examples(
        r#"#[sqs_batch(policies = ["arn:aws:iam::aws:policy/P0", "arn:aws:iam::aws:policy/P1", "arn:aws:iam::aws:policy/P2", "arn:aws:iam::aws:policy/P3", "arn:aws:iam::aws:policy/P4", "arn:aws:iam::aws:policy/P5", "arn:aws:iam::aws:policy/P6", "arn:aws:iam::aws:policy/P7", "arn:aws:iam::aws:policy/P8", "arn:aws:iam::aws:policy/P9", "arn:aws:iam::aws:policy/P10"])]"#,
        r#"#[sqs_batch(policies = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"])]"#,
    )
    .reads(&["policies"])
    .see(
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
    );
}
