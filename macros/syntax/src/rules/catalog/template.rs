//! Rules about the template after the overlays are merged.

use super::{error, rules, warning};

const CONFIGURE: &str = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html";
const ERROR_HANDLING: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html";
const SCALING: &str = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html";
const FILTERING: &str = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html";

rules! {
    /// The overlay is a JSON merge patch of the template: an object, in a file that can be read, that
    /// leaves each resource its `Type`, and each function what it cannot do without: its handler, its
    /// mapping, its DLQ, and whatever another resource refers to. What it sets instead of a key of the
    /// attribute must be right by that key's rules.
    OVERLAY = error(
        "overlay",
        r#"// infra/overlay.json
[{ "Resources": {} }]"#,
        r#"// infra/overlay.json
{ "Resources": { "HandleWorker": { "Properties": { "ReservedConcurrentExecutions": 20 } } } }"#,
    );

    /// Without `ReportBatchItemFailures` Lambda takes the worker's list of failed messages for a success,
    /// and deletes them.
    RESPONSE_TYPES = error(
        "response_types",
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "FunctionResponseTypes": [] } } } }"#,
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "Enabled": true } } } }"#,
    )
    .see(ERROR_HANDLING);

    /// A function needs as many reserved invocations as its event source mappings may start at once; else
    /// Lambda throttles them, each throttled batch counts as a receive, and good messages end in the DLQ.
    RESERVED_CONCURRENCY = error(
        "reserved_concurrency",
        r#"// max_concurrency = 20, and infra/overlay.json
{ "Resources": { "HandleWorker": { "Properties": { "ReservedConcurrentExecutions": 10 } } } }"#,
        r#"// max_concurrency = 20, and infra/overlay.json
{ "Resources": { "HandleWorker": { "Properties": { "ReservedConcurrentExecutions": 20 } } } }"#,
    )
    .see(SCALING);

    /// Without `max_concurrency` Lambda starts with five batches at once. A function with fewer reserved
    /// invocations is throttled, and each throttled batch counts as a receive.
    RESERVED_CONCURRENCY_LOW = warning(
        "reserved_concurrency_low",
        r#"// infra/overlay.json
{ "Resources": { "HandleWorker": { "Properties": { "ReservedConcurrentExecutions": 2 } } } }"#,
        r#"// infra/overlay.json
{ "Resources": { "HandleWorker": { "Properties": { "ReservedConcurrentExecutions": 5 } } } }"#,
    )
    .see(CONFIGURE);

    /// Pollers of its own (`ProvisionedPollerConfig`) and a limit of concurrency (`ScalingConfig`) exclude
    /// each other, and there are at most as many of the first as `MaximumPollers` says.
    PROVISIONED_POLLERS = error(
        "provisioned_pollers",
        r#"// max_concurrency = 20, and infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "ProvisionedPollerConfig": { "MinimumPollers": 2 } } } } }"#,
        r#"// no max_concurrency, and infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "ProvisionedPollerConfig": { "MinimumPollers": 2 } } } } }"#,
    )
    .see(SCALING);

    /// AWS's pages disagree about the most that `MaximumPollers` takes: the API says 10,000, its guide and
    /// older tools 2,000.
    PROVISIONED_POLLERS_HIGH = warning(
        "provisioned_pollers_high",
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "ProvisionedPollerConfig": { "MaximumPollers": 5000 } } } } }"#,
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "ProvisionedPollerConfig": { "MaximumPollers": 2000 } } } } }"#,
    )
    .see(SCALING);

    /// A filter's `Pattern` is a JSON object in a string of at most 4,096 characters, and a mapping has at
    /// most 10 filters.
    FILTER_CRITERIA = error(
        "filter_criteria",
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "FilterCriteria": { "Filters": [{ "Pattern": "body.kind = order" }] } } } } }"#,
        r#"// allow = "filter_deletes", and infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "FilterCriteria": { "Filters": [{ "Pattern": "{\"body\":{\"kind\":[\"order\"]}}" }] } } } } }"#,
    )
    .see(FILTERING);

    /// Lambda deletes the messages that no filter lets through: they go neither to the worker nor to the
    /// DLQ.
    FILTER_DELETES = warning(
        "filter_deletes",
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "FilterCriteria": { "Filters": [{ "Pattern": "{\"body\":{\"kind\":[\"order\"]}}" }] } } } } }"#,
        r#"// allow = "filter_deletes", and the same infra/overlay.json"#,
    )
    .see(FILTERING);

    /// A queue is encrypted with a key of SQS (`SqsManagedSseEnabled`, as the template says) or with one of
    /// KMS (`KmsMasterKeyId`), never with both.
    QUEUE_ENCRYPTION = error(
        "queue_encryption",
        r#"// infra/overlay.json
{ "Resources": { "HandleQueue": { "Properties": { "KmsMasterKeyId": "alias/orders" } } } }"#,
        r#"// policies = ["arn:aws:iam::123456789012:policy/orders-key"], and infra/overlay.json
{ "Resources": { "HandleQueue": { "Properties": { "KmsMasterKeyId": "alias/orders", "SqsManagedSseEnabled": null } } } }"#,
    )
    .see(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    );

    /// Who receives from a queue with a KMS key needs `kms:Decrypt` with that key; who sends to it, as a
    /// redrive does, `kms:GenerateDataKey` too. Without it no message reaches the worker, and nothing but
    /// the age of the oldest shows it.
    QUEUE_KEY = warning(
        "queue_key",
        r#"// infra/overlay.json
{ "Resources": { "HandleQueue": { "Properties": { "KmsMasterKeyId": "alias/orders", "SqsManagedSseEnabled": null } } } }"#,
        r#"// policies = ["arn:aws:iam::123456789012:policy/orders-key"], and the same infra/overlay.json"#,
    )
    .see(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    );
}
