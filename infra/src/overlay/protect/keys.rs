//! Queues with a KMS key: each role that uses one needs rights on the key.

use std::collections::{BTreeMap, BTreeSet};

use redrive_model::words::list;
use redrive_syntax::rules::catalog::{QUEUE_ENCRYPTION, QUEUE_KEY};
use serde_json::Value;

use super::table::{QUEUE, ROLE};
use super::{Finding, View};
use crate::error::broken;
use crate::overlay::value::{Held, entries, normal, only, property, referred};

/// Types of policies, and the property that names their roles.
const POLICIES: [(&str, &str); 3] = [
    ("AWS::IAM::RolePolicy", "RoleName"),
    ("AWS::IAM::Policy", "Roles"),
    ("AWS::IAM::ManagedPolicy", "Roles"),
];

pub(super) fn findings(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut keys = BTreeMap::new();
    for (queue, _) in view.generated(QUEUE) {
        let pointer = property(queue, "KmsMasterKeyId");
        let key = only(view.merged, &pointer);
        if key == Held::Nothing {
            continue;
        }
        // Whoever may use the queue may use the key that AWS manages.
        if key.value().is_none_or(|key| key != "alias/aws/sqs") {
            keys.insert(queue, key.value());
        }
        let by_sqs = only(view.merged, &property(queue, "SqsManagedSseEnabled"));
        if by_sqs.literal().map(normal) == Some("true".into()) {
            let problem = format!("`{queue}` is encrypted with a key of SQS and with a key of KMS");
            let help = "write `\"SqsManagedSseEnabled\": null` next to `KmsMasterKeyId`";
            findings.push(Finding::new(&QUEUE_ENCRYPTION, pointer, problem).help(help));
        }
    }
    for (role, generated) in view.generated(ROLE) {
        let lacking = lacking(view, role, generated, &keys);
        if !lacking.is_empty() {
            let name = |(queue, action): &(_, _)| format!("`{action}` for `{queue}`");
            let names: Vec<_> = lacking.iter().map(name).collect();
            let pointer = |(queue, _): &(&str, _)| property(queue, "KmsMasterKeyId");
            let pointers: Vec<_> = lacking.iter().map(pointer).collect();
            let problem = format!("`{role}` lacks {}", list(&names, "and"));
            let grant = format!(
                "grant it in an `AWS::IAM::RolePolicy` with `\"RoleName\": {{\"Ref\": \"{role}\"}}`"
            );
            let accept =
                "if the policy of the key grants it, accept it with `allow = \"queue_key\"`";
            findings.push(
                Finding::at(pointers, broken(&QUEUE_KEY, problem))
                    .help(grant)
                    .help(accept),
            );
        }
    }
    findings
}

/// The rights on keys that a role lacks, by what it does with the queues.
fn lacking<'a>(
    view: &View<'_>,
    role: &str,
    generated: &Value,
    keys: &BTreeMap<&'a str, Option<&Value>>,
) -> BTreeSet<(&'a str, &'static str)> {
    let mut lacking = BTreeSet::new();
    for statement in statements(&generated["Properties"]) {
        let queue = entries(&statement["Resource"])
            .find_map(referred)
            .unwrap_or_default();
        let Some((queue, key)) = keys.get_key_value(queue.as_str()) else {
            continue;
        };
        for action in entries(&statement["Action"]) {
            let needed = match action.as_str() {
                Some("sqs:ReceiveMessage") => &["kms:Decrypt"][..],
                Some("sqs:SendMessage") => &["kms:Decrypt", "kms:GenerateDataKey"],
                _ => &[],
            };
            let needed = needed
                .iter()
                .filter(|action| !may_use(view, role, action, *key));
            lacking.extend(needed.map(|action| (*queue, *action)));
        }
    }
    lacking
}

/// The statements of a role's own policies.
fn statements(properties: &Value) -> Vec<&Value> {
    let policies = entries(&properties["Policies"]);
    policies
        .flat_map(|policy| entries(&policy["PolicyDocument"]["Statement"]))
        .collect()
}

/// Whether a policy lets the role use the key, as far as the template shows it.
fn may_use(view: &View<'_>, role: &str, action: &str, key: Option<&Value>) -> bool {
    let is_role = |value: &Value| referred(value).as_deref() == Some(role);
    let properties = &view.merged["Resources"][role]["Properties"];
    let mut granting = statements(properties);
    for (kind, roles) in POLICIES {
        let policies = view.all(kind).map(|(_, policy)| &policy["Properties"]);
        let own = policies.filter(|policy| entries(&policy[roles]).any(is_role));
        granting.extend(own.flat_map(|policy| entries(&policy["PolicyDocument"]["Statement"])));
    }
    let key = key.and_then(|key| resource(view, key));
    granting.retain(|statement| {
        let mut others = entries(&statement["Resource"]).map(|it| resource(view, it));
        others.any(|other| other.is_none() || key.is_none() || other == key)
    });
    if let Some(key) = key {
        let policy = &view.merged["Resources"][key]["Properties"]["KeyPolicy"];
        let statements = entries(&policy["Statement"]);
        granting.extend(statements.filter(|it| entries(&it["Principal"]["AWS"]).any(is_role)));
    }
    let mut managed = entries(&properties["ManagedPolicyArns"]);
    granting.iter().any(|statement| allows(statement, action))
        || managed.any(|arn| !arn.as_str().is_some_and(grants_no_key))
}

/// The id of the key in the template that the value refers to, by an alias or not.
fn resource(view: &View<'_>, value: &Value) -> Option<String> {
    let id = referred(value)?;
    let alias = &view.merged["Resources"][&id]["Properties"]["TargetKeyId"];
    referred(alias).or(Some(id).filter(|id| view.merged["Resources"][id].is_object()))
}

fn allows(statement: &Value, action: &str) -> bool {
    let matches = |pattern: &str| match pattern.split_once('*') {
        Some((start, _)) => action.to_lowercase().starts_with(&start.to_lowercase()),
        None => action.eq_ignore_ascii_case(pattern),
    };
    let mut actions = entries(&statement["Action"]).filter_map(Value::as_str);
    statement["Effect"] == "Allow" && actions.any(matches)
}

/// Whether this is a policy of AWS without rights on keys, as almost all are.
fn grants_no_key(arn: &str) -> bool {
    let grants = ["/AdministratorAccess", "/PowerUserAccess"];
    arn.contains(":iam::aws:policy/") && !grants.iter().any(|name| arn.ends_with(name))
}
