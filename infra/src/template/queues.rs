//! The source queue, its DLQ, and the policies of both.

use redrive_syntax::Function;
use serde_json::{Value, json};

use super::intrinsic::{arn, reference, substitute};
use super::names::shared;
use super::{Ids, Part, Section};

pub(super) fn add(resources: &mut Section, ids: &Ids, function: &Function) {
    resources.insert(ids.of(Part::Queue), source(ids, function));
    resources.insert(ids.of(Part::Dlq), dlq(function));
    resources.insert(ids.of(Part::QueuePolicy), tls_only(&ids.of(Part::Queue)));
    resources.insert(ids.of(Part::DlqPolicy), tls_only(&ids.of(Part::Dlq)));
}

fn source(ids: &Ids, function: &Function) -> Value {
    let mut queue = queue(function, &function.queue, function.retention);
    queue["Properties"]["VisibilityTimeout"] = json!(function.visibility_timeout);
    queue["Properties"]["RedrivePolicy"] = json!({
        "deadLetterTargetArn": arn(&ids.of(Part::Dlq)),
        "maxReceiveCount": function.max_receive_count,
    });
    queue
}

fn dlq(function: &Function) -> Value {
    let mut queue = queue(function, &function.dlq(), function.dlq_retention);
    // The source refers to the DLQ, so the DLQ can only spell the source's ARN
    // out: a reference back would be a circle.
    let source = substitute(&format!(
        "arn:${{AWS::Partition}}:sqs:${{AWS::Region}}:${{AWS::AccountId}}:${{{}}}{}",
        shared::NAME_PREFIX,
        function.queue,
    ));
    queue["Properties"]["RedriveAllowPolicy"] = json!({
        "redrivePermission": "byQueue",
        "sourceQueueArns": [source],
    });
    queue
}

/// What the source queue and the DLQ have in common.
fn queue(function: &Function, name: &str, retention: u32) -> Value {
    let mut queue = json!({
        "Type": "AWS::SQS::Queue",
        // A new name, of the queue or of its function, means a new queue; the
        // messages in the old one are still work to be done. A deployment that
        // fails takes back the queues that it made.
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {
            "QueueName": substitute(&format!("${{{}}}{name}", shared::NAME_PREFIX)),
            "MessageRetentionPeriod": retention,
            "SqsManagedSseEnabled": true,
        },
    });
    if function.is_fifo() {
        queue["Properties"]["FifoQueue"] = json!(true);
    }
    queue
}

/// Refuses every call to the queue that is not encrypted on its way.
pub(super) fn tls_only(queue: &str) -> Value {
    json!({
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [reference(queue)],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Sid": "DenyInsecureTransport",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sqs:*",
                    "Resource": arn(queue),
                    "Condition": { "Bool": { "aws:SecureTransport": "false" } },
                }],
            },
        },
    })
}
