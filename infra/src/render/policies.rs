//! The statements of IAM, which are the same in each format but for the values
//! that `value` writes.

use redrive_syntax::senders::Service;
use serde_json::{Value as Json, json};

use super::Write;
use crate::permissions;
use crate::plan::{Allowed, Grant, QueuePolicy, Role, Value};

/// The name of the inline policy with the user's own statements.
pub(super) const OWN: &str = "permissions";

fn allow(grant: &Grant, value: Write<'_>) -> Json {
    let mut statement = json!({
        "Sid": grant.sid,
        "Effect": "Allow",
        "Action": grant.actions,
        // A log group's ARN covers its streams: it ends with `:*`.
        "Resource": value(&grant.on),
    });
    if let Some(alias) = &grant.alias {
        let alias = value(&Value::Text(alias.clone()));
        let aliases = json!({ "kms:ResourceAliases": alias });
        statement["Condition"] = json!({ "ForAnyValue:StringEquals": aliases });
    }
    statement
}

/// Senders may send to the queue with this ARN.
pub(crate) fn allow_senders(allowed: &Allowed, queue: &Value, value: Write<'_>) -> Json {
    let sources = allowed.sources.iter();
    let sources: Vec<_> = sources.map(|it| value(&Value::Text(it.clone()))).collect();
    let principal = match allowed.service {
        Some(service) => json!({ "Service": service.principal() }),
        None => json!({ "AWS": sources }),
    };
    let mut statement = json!({
        "Sid": allowed.sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sqs:SendMessage",
        "Resource": value(queue),
    });
    if allowed.service.is_some() {
        statement["Condition"] = json!({ "ArnEquals": { "aws:SourceArn": sources } });
    }
    // The ARN of a bucket has no account, and a bucket may be deleted and made by another.
    if allowed.service == Some(Service::S3) {
        let account = allowed
            .account
            .clone()
            .map_or(Value::AccountId, Value::Text);
        statement["Condition"]["StringEquals"] = json!({ "aws:SourceAccount": value(&account) });
    }
    statement
}

/// Who may assume the role.
pub(super) fn trust(role: &Role, value: Write<'_>) -> Json {
    let mut trust = json!({
        "Effect": "Allow",
        "Principal": { "Service": role.service },
        "Action": "sts:AssumeRole",
    });
    if role.service == "scheduler.amazonaws.com" {
        // Otherwise Scheduler could use this role for a schedule of another account or
        // group. AWS advises against a condition on a single schedule:
        // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
        trust["Condition"] = json!({ "StringEquals": {
            "aws:SourceAccount": value(&Value::AccountId),
            "aws:SourceArn": value(&Value::DefaultScheduleGroup),
        } });
    }
    document([trust])
}

/// The inline policies of a role, by name: its grants, then the user's own statements, in
/// which `key` writes the names of members.
pub(super) fn of_role(
    role: &Role,
    value: Write<'_>,
    key: &dyn Fn(&str) -> String,
) -> Vec<(&'static str, Json)> {
    let grants = document(role.grants.iter().map(|it| allow(it, value)));
    let mut policies = vec![(role.name, grants)];
    if !role.statements.is_empty() {
        let own = role.statements.iter().map(|it| of_user(it, value, key));
        policies.push((OWN, document(own)));
    }
    policies
}

/// The policy of a queue: every call that is not encrypted in transit is denied.
pub(super) fn of_queue(policy: &QueuePolicy, value: Write<'_>) -> Json {
    let queue = Value::Arn(policy.queue.clone());
    let only_with_tls = json!({
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "sqs:*",
        "Resource": value(&queue),
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    });
    let senders = policy.senders.iter();
    let senders = senders.map(|it| allow_senders(it, &queue, value));
    document([only_with_tls].into_iter().chain(senders))
}

fn document(statements: impl IntoIterator<Item = Json>) -> Json {
    let statements: Vec<_> = statements.into_iter().collect();
    json!({ "Version": "2012-10-17", "Statement": statements })
}

/// A statement of the user's own, in which parameters are replaced at deployment.
fn of_user(statement: &Json, value: Write<'_>, key: &dyn Fn(&str) -> String) -> Json {
    let of_user = |json: &Json| of_user(json, value, key);
    match statement {
        Json::String(written) => {
            let text = permissions::text(written).unwrap_or_else(|_| written.as_str().into());
            value(&Value::Text(text))
        }
        Json::Array(list) => list.iter().map(of_user).collect(),
        Json::Object(members) => members
            .iter()
            .map(|(name, value)| (key(name), of_user(value)))
            .collect(),
        _ => statement.clone(),
    }
}
