//! The roles: each may do what its holder does, and no more.

use redrive_syntax::Function;
use redrive_syntax::function::OnPermanent;
use serde_json::{Value, json};

use super::intrinsic::{arn, reference};
use super::names::shared;
use super::{Ids, Part, Section};

pub(super) fn add(resources: &mut Section, ids: &Ids, function: &Function) {
    resources.insert(ids.of(Part::WorkerRole), worker(ids, function));
    if function.redrive.is_some() {
        resources.insert(ids.of(Part::RedriveRole), redriver(ids));
        resources.insert(ids.of(Part::ScheduleRole), scheduler(ids));
    }
}

fn worker(ids: &Ids, function: &Function) -> Value {
    let queue = ids.of(Part::Queue);
    let mut consume = vec![
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    ];
    if function.queue_backoff.is_some() {
        consume.push("sqs:ChangeMessageVisibility");
    }
    let mut statements = vec![
        allow("Consume", &consume, &queue),
        write_logs(&ids.of(Part::WorkerLogs)),
    ];
    if function.on_permanent == OnPermanent::Dlq {
        statements.push(allow("SendToDlq", &["sqs:SendMessage"], &ids.of(Part::Dlq)));
    }
    let mut role = role(trust("lambda.amazonaws.com"), "worker", &statements);
    if !function.policies.is_empty() {
        role["Properties"]["ManagedPolicyArns"] = json!(function.policies);
    }
    role
}

fn redriver(ids: &Ids) -> Value {
    let move_out = [
        "sqs:StartMessageMoveTask",
        "sqs:ListMessageMoveTasks",
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    ];
    role(
        trust("lambda.amazonaws.com"),
        "redrive",
        &[
            allow("MoveFromDlq", &move_out, &ids.of(Part::Dlq)),
            allow("MoveToSource", &["sqs:SendMessage"], &ids.of(Part::Queue)),
            keep_failures(),
            write_logs(&ids.of(Part::RedriveLogs)),
        ],
    )
}

fn scheduler(ids: &Ids) -> Value {
    let mut trust = trust("scheduler.amazonaws.com");
    // Else another account's schedule could have Scheduler use this role.
    trust["Condition"] =
        json!({ "StringEquals": { "aws:SourceAccount": reference("AWS::AccountId") } });
    role(
        trust,
        "schedule",
        &[
            allow("Invoke", &["lambda:InvokeFunction"], &ids.of(Part::Redrive)),
            keep_failures(),
        ],
    )
}

fn role(trust: Value, name: &str, statements: &[Value]) -> Value {
    json!({
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": document(&[trust]),
            "Policies": [{ "PolicyName": name, "PolicyDocument": document(statements) }],
        },
    })
}

fn trust(service: &str) -> Value {
    json!({
        "Effect": "Allow",
        "Principal": { "Service": service },
        "Action": "sts:AssumeRole",
    })
}

fn allow(sid: &str, actions: &[&str], resource: &str) -> Value {
    json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": arn(resource) })
}

/// A log group's `Arn` covers its streams: it ends with `:*`.
fn write_logs(group: &str) -> Value {
    allow(
        "WriteLogs",
        &["logs:CreateLogStream", "logs:PutLogEvents"],
        group,
    )
}

fn keep_failures() -> Value {
    allow("KeepFailures", &["sqs:SendMessage"], shared::FAILURES)
}

fn document(statements: &[Value]) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}
