//! Rules about what exists outside the stack: queues, senders, topics, keys.

use super::queue::{DEAD_LETTER_QUEUES, QUEUE_NAME};
use super::{examples, rules};

const KEYS: &str = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html";
const SUBSCRIBE: &str =
    "https://docs.aws.amazon.com/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html";

rules! {
    /// The name of a FIFO queue ends in `.fifo`. If the end of an ARN is a parameter, `fifo` says what the queue
    /// is. A DLQ is of the type of its queue.
    QUEUE_TYPE: Error = examples(
        r#"#[sqs_batch(queue = "${QueueArn}")]"#,
        r#"#[sqs_batch(queue = "${QueueArn}", fifo = false)]"#,
    )
    .reads(&["fifo", "queue", "dlq"])
    .see(DEAD_LETTER_QUEUES)
    .after(&[&QUEUE_NAME]);

    /// The DLQ of a queue that exists is not created: a redrive, and a worker that sends permanent failures there,
    /// need its ARN.
    DLQ_NEEDED: Error = examples(
        r#"#[sqs_batch(queue = "arn:aws:sqs:eu-west-1:123456789012:orders", on_permanent = "dlq")]"#,
        r#"#[sqs_batch(queue = "arn:aws:sqs:eu-west-1:123456789012:orders", dlq = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq", on_permanent = "dlq")]"#,
    )
    .reads(&["dlq", "dlq_redrive", "on_permanent", "queue"])
    .see(DEAD_LETTER_QUEUES)
    .after(&[&QUEUE_NAME]);

    /// A DLQ is another queue than its source, in the same region. Message move tasks ignore permissions of other accounts, so a DLQ that
    /// is redriven is in the account of its queue.
    DLQ_PLACE: Error = examples(
        r#"#[sqs_batch(queue = "arn:aws:sqs:eu-west-1:123456789012:orders", dlq = "arn:aws:sqs:eu-west-2:123456789012:orders-dlq")]"#,
        r#"#[sqs_batch(queue = "arn:aws:sqs:eu-west-1:123456789012:orders", dlq = "arn:aws:sqs:eu-west-1:123456789012:orders-dlq")]"#,
    )
    .reads(&["dlq", "queue", "dlq_redrive"])
    .see(DEAD_LETTER_QUEUES)
    .after(&[&QUEUE_NAME, &DLQ_NEEDED]);

    /// The policy of a queue names the service that sends and the resource it sends for. So `senders` has ARNs of SNS
    /// topics, EventBridge rules and S3 buckets, and ids of accounts; `topics` has ARNs of topics. The ARN of a bucket
    /// of another account has that account: `arn:aws:s3::123456789012:uploads`. An account that is a parameter is
    /// `arn:aws:iam::${AccountId}:root`. A rule is in the region of the queue. A queue that exists has its own policy,
    /// which must allow the senders and deny access without TLS: the redrive function and
    /// `cargo redrive package --verify` compare it.
    SENDER: Error = examples(
        r#"#[sqs_batch(senders = "uploads")]"#,
        r#"#[sqs_batch(senders = "arn:aws:s3:::uploads")]"#,
    )
    .reads(&["senders", "topics", "queue"])
    .after(&[&QUEUE_NAME]);

    /// S3 and standard topics cannot send to a FIFO queue.
    SENDER_FIFO: Error = examples(
        r#"#[sqs_batch(queue = "orders.fifo", senders = "arn:aws:s3:::uploads", allow = "fifo_dlq_order")]"#,
        r#"#[sqs_batch(queue = "orders", senders = "arn:aws:s3:::uploads")]"#,
    )
    .reads(&["senders", "topics", "queue", "fifo"])
    .see(SUBSCRIBE)
    .after(&[&QUEUE_NAME, &QUEUE_TYPE]);

    /// `raw`, `filter_policy` and `filter_policy_scope` are settings of the subscriptions of `topics`. The scope is that
    /// of the policy.
    TOPIC_SETTINGS: Error = examples(
        "#[sqs_batch(raw = true)]",
        r#"#[sqs_batch(topics = "arn:aws:sns:eu-west-1:123456789012:orders", raw = true)]"#,
    )
    .reads(&["raw", "filter_policy", "filter_policy_scope", "topics"])
    .see(SUBSCRIBE);

    /// A message of `topics` is in SNS's envelope if the message type is `Sns<T>`, which is known by the last segment of
    /// its path. So another type of that name, or a type alias of `redrive::Sns`, would be read from a body of another
    /// shape.
    TOPIC_DELIVERY: Error = examples(
        r#"// type Order = redrive::Sns<Content>;
#[sqs_batch(topics = "arn:aws:sns:eu-west-1:123456789012:orders")]
async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r#"#[sqs_batch(topics = "arn:aws:sns:eu-west-1:123456789012:orders")]
async fn handle(order: redrive::Sns<Content>) -> Result<(), Error> { Ok(()) }"#,
    );

    /// SNS reads a filter policy as a JSON object: for each attribute, the list of values and patterns that are delivered.
    /// It allows five attributes, and 150 combinations of their values.
    FILTER_POLICY: Error = examples(
        r#"// src/main.rs and build.rs with redrive_infra::build()
#[sqs_batch(topics = "arn:aws:sns:eu-west-1:123456789012:orders", filter_policy = "kind = order")]
async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"#,
        r##"// src/main.rs and build.rs with redrive_infra::build()
#[sqs_batch(topics = "arn:aws:sns:eu-west-1:123456789012:orders", filter_policy = r#"{"kind": ["order"]}"#)]
async fn handle(order: Order) -> Result<(), Error> { Ok(()) }"##,
    )
    .see("https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html");

    /// SQS accepts the ARN or the id of a key of KMS, or an alias. If a queue that exists has a key, `kms_key` names it:
    /// without rights on the key, the functions cannot read the messages. The key is in the region of the queue.
    KMS_KEY: Error = examples(
        r#"#[sqs_batch(kms_key = "orders")]"#,
        r#"#[sqs_batch(kms_key = "alias/orders")]"#,
    )
    .reads(&["kms_key", "queue"])
    .see(KEYS)
    .after(&[&QUEUE_NAME]);

    /// SNS, EventBridge and S3 cannot use the key that AWS manages for SQS: its policy cannot be changed. Use a key of
    /// your own, whose policy lets the service use it, or none.
    KMS_SENDER: Error = examples(
        r#"#[sqs_batch(kms_key = "alias/aws/sqs", senders = "arn:aws:s3:::uploads")]"#,
        r#"#[sqs_batch(kms_key = "alias/orders", senders = "arn:aws:s3:::uploads")]"#,
    )
    .reads(&["kms_key", "senders", "topics"])
    .see(KEYS);
}
