//! Queues with a KMS key: each role that uses one needs rights on the key.

use redrive_syntax::rules::catalog::{QUEUE_ENCRYPTION, QUEUE_KEY};
use serde_json::Value;

use super::table::{QUEUE, ROLE};
use super::{Finding, View};
use crate::overlay::value::{Held, entries, normal, only, property, referred};

/// Types of policies, and the property that names their roles.
const POLICIES: [(&str, &str); 3] = [
    ("AWS::IAM::RolePolicy", "RoleName"),
    ("AWS::IAM::Policy", "Roles"),
    ("AWS::IAM::ManagedPolicy", "Roles"),
];

pub(super) fn findings(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut keys = Vec::new();
    for (queue, _) in view.generated(QUEUE) {
        let pointer = property(queue, "KmsMasterKeyId");
        match only(view.merged, &pointer) {
            Held::Nothing => continue,
            // Whoever may use the queue may use the key that AWS manages.
            Held::Value(key) if key == "alias/aws/sqs" => {}
            Held::Value(key) => keys.push((queue, Some(key))),
            Held::Unknown => keys.push((queue, None)),
        }
        let by_sqs = only(view.merged, &property(queue, "SqsManagedSseEnabled"));
        if by_sqs
            .literal()
            .is_some_and(|value| normal(value) == "true")
        {
            let problem = format!("`{queue}` is encrypted with a key of SQS and with a key of KMS");
            let help = "write `\"SqsManagedSseEnabled\": null` next to `KmsMasterKeyId`";
            findings.push(Finding::new(&QUEUE_ENCRYPTION, pointer, problem).help(help));
        }
    }
    let roles = view.generated(ROLE);
    findings.extend(roles.filter_map(|(id, generated)| role(view, id, generated, &keys)));
    findings
}

type Keys<'a> = [(&'a str, Option<&'a Value>)];

/// The rights on keys that a role lacks, by what it does with the queues.
fn role(view: &View<'_>, id: &str, generated: &Value, keys: &Keys<'_>) -> Option<Finding> {
    let mut lacking = Vec::new();
    for statement in statements(&generated["Properties"]) {
        let actions = entries(&statement["Action"]);
        let queue = entries(&statement["Resource"])
            .into_iter()
            .find_map(referred);
        for (queue, key) in keys.iter().filter(|(id, _)| queue.as_deref() == Some(*id)) {
            let does = |action: &str| actions.iter().any(|it| *it == action);
            let (receives, sends) = (does("sqs:ReceiveMessage"), does("sqs:SendMessage"));
            let needed = [
                ("kms:Decrypt", receives || sends),
                ("kms:GenerateDataKey", sends),
            ];
            for (action, _) in needed.into_iter().filter(|(_, is_needed)| *is_needed) {
                if !may_use(view, id, action, *key) {
                    lacking.push((*queue, action));
                }
            }
        }
    }
    lacking.sort_unstable();
    let names: Vec<_> = lacking
        .iter()
        .map(|(queue, action)| format!("`{action}` for `{queue}`"))
        .collect();
    let pointers: Vec<_> = lacking
        .iter()
        .map(|(queue, _)| property(queue, "KmsMasterKeyId"))
        .collect();
    (!lacking.is_empty()).then(|| {
        Finding::at(
            pointers,
            &QUEUE_KEY,
            format!("`{id}` lacks {}", names.join(" and ")),
        )
        .help(format!(
            "grant it in an `AWS::IAM::RolePolicy` with `\"RoleName\": {{\"Ref\": \"{id}\"}}`"
        ))
        .help("if the policy of the key grants it, accept it with `allow = \"queue_key\"`")
    })
}

/// The statements of a role's own policies.
fn statements(properties: &Value) -> Vec<&Value> {
    let policies = entries(&properties["Policies"]).into_iter();
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
        let own = policies.filter(|policy| entries(&policy[roles]).into_iter().any(is_role));
        granting.extend(own.flat_map(|policy| entries(&policy["PolicyDocument"]["Statement"])));
    }
    let key = key.and_then(|key| resource(view, key));
    granting.retain(|statement| {
        let keys = entries(&statement["Resource"])
            .into_iter()
            .map(|it| resource(view, it));
        keys.into_iter()
            .any(|other| other.is_none() || key.is_none() || other == key)
    });
    if let Some(key) = key {
        let policy = &view.merged["Resources"][key]["Properties"]["KeyPolicy"];
        let statements = entries(&policy["Statement"]).into_iter();
        granting.extend(
            statements.filter(|it| entries(&it["Principal"]["AWS"]).into_iter().any(is_role)),
        );
    }
    let managed = entries(&properties["ManagedPolicyArns"]);
    granting.iter().any(|statement| allows(statement, action))
        || managed
            .iter()
            .any(|arn| !arn.as_str().is_some_and(grants_no_key))
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
    let actions = entries(&statement["Action"]);
    statement["Effect"] == "Allow" && actions.iter().filter_map(|it| it.as_str()).any(matches)
}

/// Whether this is a policy of AWS without rights on keys, as almost all are.
fn grants_no_key(arn: &str) -> bool {
    let grants = ["/AdministratorAccess", "/PowerUserAccess"];
    arn.contains(":iam::aws:policy/") && !grants.iter().any(|name| arn.ends_with(name))
}
