//! What linters read: the checks that do not apply to a resource, with the reason.

use redrive_model::duration::seconds;
use redrive_model::limits::FORMER_LONGEST_TIMEOUT;
use serde_json::{Map, Value as Json, json};

use crate::plan::{Kind, LambdaFunction, Value};

/// The metadata of a resource of this kind.
pub(super) fn of(kind: &Kind) -> Map<String, Json> {
    let mut metadata = Map::new();
    if let Kind::Function(function) = kind
        && function.timeout > seconds(FORMER_LONGEST_TIMEOUT)
    {
        let config = json!({ "config": { "ignore_checks": ["E3717"] } });
        metadata.insert("cfn-lint".to_owned(), config);
    }
    let skipped = skipped(kind).into_iter();
    let skipped: Vec<_> = skipped
        .map(|(id, comment)| json!({ "id": id, "comment": comment }))
        .collect();
    if !skipped.is_empty() {
        metadata.insert("checkov".to_owned(), json!({ "skip": skipped }));
    }
    metadata
}

/// The checks of checkov that are skipped, each with the reason.
fn skipped(kind: &Kind) -> Vec<(&'static str, &'static str)> {
    match kind {
        Kind::Queue(queue) if queue.kms_key.is_none() => vec![(
            "CKV_AWS_27",
            "SQS encrypts the messages with its own key (SqsManagedSseEnabled)",
        )],
        Kind::LogGroup => vec![(
            "CKV_AWS_158",
            "CloudWatch Logs encrypts the log with its own key, and redrive logs no bodies of messages",
        )],
        Kind::Table => vec![
            (
                "CKV_AWS_28",
                "A key is needed until its ttl only; restored keys would be those of another time",
            ),
            (
                "CKV_AWS_119",
                "DynamoDB encrypts the table with its own key, and it has hashes of keys and bodies only",
            ),
        ],
        Kind::Function(function) => of_function(function),
        Kind::Role(role) => {
            let mut grants = role.grants.iter();
            let has_wildcard =
                grants.any(|grant| matches!(&grant.on, Value::Text(it) if *it == "*"));
            let reason =
                "The actions of X-Ray and on network interfaces cannot be limited to a resource";
            has_wildcard
                .then_some(("CKV_AWS_111", reason))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

fn of_function(function: &LambdaFunction) -> Vec<(&'static str, &'static str)> {
    let rows = [
        (
            true,
            "CKV_AWS_116",
            "The source queue has a DLQ, and failed redrives go to a queue; a DLQ of the function would get neither",
        ),
        (
            !function.vpc,
            "CKV_AWS_117",
            "The function needs no private network; set vpc = true if it does",
        ),
        (
            function.reserved_concurrency.is_none(),
            "CKV_AWS_115",
            "max_concurrency or pollers limit the invocations; set reserved_concurrency to reserve some",
        ),
        (
            !function.environment.is_empty(),
            "CKV_AWS_173",
            "Lambda encrypts the variables with its own key, and env is not for secrets",
        ),
    ];
    let skipped = rows.into_iter().filter(|(is_skipped, ..)| *is_skipped);
    skipped.map(|(_, id, reason)| (id, reason)).collect()
}
