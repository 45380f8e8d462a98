//! Rules about the template after the overlays are merged.

use super::{examples, rules};

const ERROR_HANDLING: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html";
const FILTERING: &str = "https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html";

rules! {
    /// An overlay is a JSON merge patch of the template: a JSON object that leaves each resource its
    /// `Type`. It cannot change what keeps messages from being lost or a queue from being open: the event
    /// source mapping, the DLQ, the handlers, the redrive with its schedule, the rights that the functions
    /// need, who may assume their roles, and the queue policies, of which a queue has exactly one.
    OVERLAY: Error = examples(
        r#"// infra/overlay.json
[{ "Resources": {} }]"#,
        r#"// infra/overlay.json
{ "Resources": { "HandleWorker": { "Properties": { "ReservedConcurrentExecutions": 20 } } } }"#,
    );

    /// Without `ReportBatchItemFailures`, Lambda ignores the worker's list of failed messages and deletes
    /// the whole batch.
    RESPONSE_TYPES: Error = examples(
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "FunctionResponseTypes": [] } } } }"#,
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "BatchSize": 5 } } } }"#,
    )
    .see(ERROR_HANDLING);

    /// Lambda deletes the messages that no filter lets through: they reach neither the worker nor the DLQ.
    FILTER_DELETES: Warning = examples(
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "FilterCriteria": { "Filters": [{ "Pattern": "{\"body\":{\"kind\":[\"order\"]}}" }] } } } } }"#,
        r#"// allow = "filter_deletes", and the same infra/overlay.json"#,
    )
    .see(FILTERING);

    /// A paused event source mapping delivers no messages, and a paused schedule starts no redrives. Messages
    /// that wait longer than the retention of their queue are lost.
    PAUSED: Warning = examples(
        r#"// infra/overlay.json
{ "Resources": { "HandleEventSourceMapping": { "Properties": { "Enabled": false } } } }"#,
        r#"// allow = "paused", and the same infra/overlay.json"#,
    );

    /// The queues of the template are retained when their resource is removed or replaced, because their
    /// messages would be deleted with them.
    QUEUE_DELETION: Deliberate = examples(
        r#"// infra/overlay.json
{ "Resources": { "HandleQueue": { "DeletionPolicy": "Delete" } } }"#,
        r#"// allow = "queue_deletion", and the same infra/overlay.json"#,
    )
    .see(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html",
    );

    /// A queue is encrypted with a key of SQS (`SqsManagedSseEnabled`, as generated) or with a key of KMS
    /// (`KmsMasterKeyId`), not with both.
    QUEUE_ENCRYPTION: Error = examples(
        r#"// infra/overlay.json
{ "Resources": { "HandleQueue": { "Properties": { "KmsMasterKeyId": "alias/orders" } } } }"#,
        r#"// policies = ["arn:aws:iam::123456789012:policy/orders-key"], and infra/overlay.json
{ "Resources": { "HandleQueue": { "Properties": { "KmsMasterKeyId": "alias/orders", "SqsManagedSseEnabled": null } } } }"#,
    )
    .see(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html",
    );

    /// A role that receives from a queue with a KMS key needs `kms:Decrypt` on that key; a role that sends
    /// to it needs `kms:GenerateDataKey` as well. Each role needs the rights itself: the worker's, the redrive
    /// function's, and that of the schedule for `FailedRedrives`. Without them messages stay where they are.
    QUEUE_KEY: Warning = examples(
        r#"// infra/overlay.json
{ "Resources": { "HandleQueue": { "Properties": { "KmsMasterKeyId": "alias/orders", "SqsManagedSseEnabled": null } } } }"#,
        r#"// policies = ["arn:aws:iam::123456789012:policy/orders-key"], and the same infra/overlay.json"#,
    )
    .see(
        "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html",
    );
}
