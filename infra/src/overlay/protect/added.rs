//! Resources and statements of the user's own that concern the generated queues.

use redrive_syntax::rules::catalog::{OVERLAY, Rule, SHARED_QUEUE};
use serde_json::{Map, Value};

use super::table::{MAPPING, QUEUE, QUEUE_POLICY};
use super::{Finding, View, escaped};
use crate::overlay::value::{entries, property, referred};

/// A queue has one policy: of two, the one that is created last is left.
const ONE_POLICY: (&Rule, &str, &str) = (
    &OVERLAY,
    "replaces the generated policy of",
    "add your statements to the generated policy, after its own",
);
const RECEIVES: (&Rule, &str, &str) = (
    &SHARED_QUEUE,
    "receives messages of",
    "give it its own queue, which the same topic can send to",
);

/// Types, their property that names a queue, and what is wrong with it.
const OTHERS: [(&str, &str, (&Rule, &str, &str)); 4] = [
    (QUEUE_POLICY, "Queues", ONE_POLICY),
    ("AWS::SQS::QueueInlinePolicy", "Queue", ONE_POLICY),
    (MAPPING, "EventSourceArn", RECEIVES),
    ("AWS::Pipes::Pipe", "Source", RECEIVES),
];

pub(super) fn findings(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (kind, name, (rule, what, help)) in OTHERS {
        let is_added = |(id, _): &(&str, _)| !view.generated.contains_key(*id);
        for (id, resource) in view.all(kind).filter(is_added) {
            let named = &resource["Properties"][name];
            let is_named = |(queue, generated): &(&str, &Value)| {
                entries(named).any(|value| is_queue(value, queue, generated))
            };
            if let Some((queue, _)) = view.generated(QUEUE).find(is_named) {
                let pointer = format!("/Resources/{}", escaped(id));
                let problem = format!("`{id}` {what} `{queue}`");
                findings.push(Finding::new(rule, pointer, problem).help(help));
            }
        }
    }
    for (id, _) in view.generated(QUEUE_POLICY) {
        let policy = &view.merged["Resources"][id]["Properties"]["PolicyDocument"];
        if entries(&policy["Statement"]).any(is_open_to_all) {
            let pointer = property(id, "PolicyDocument/Statement");
            let problem = format!("`{id}` allows everyone to use the queue");
            let help = "name the principal, or add a `Condition` such as on `aws:SourceArn`";
            findings.push(Finding::new(&OVERLAY, pointer, problem).help(help));
        }
    }
    findings
}

/// Whether the value is the queue, by a reference or by its name in a URL or ARN.
fn is_queue(value: &Value, id: &str, generated: &Value) -> bool {
    let text = value.to_string();
    let name = generated["Properties"]["QueueName"]["Fn::Sub"].as_str();
    let names = name
        .into_iter()
        .flat_map(|name| [Some(name), name.rsplit('}').next()]);
    let mut ends = names
        .flatten()
        .flat_map(|name| [format!("/{name}\""), format!(":{name}\"")]);
    ends.any(|end| text.contains(&end))
        || referred(value).as_deref() == Some(id)
        || text.contains(&format!("${{{id}}}"))
}

fn is_open_to_all(statement: &Value) -> bool {
    let principal = &statement["Principal"];
    let values = |value| Value::as_object(value).into_iter().flat_map(Map::values);
    let mut names = values(principal).chain([principal]).flat_map(entries);
    let is_everyone = names.any(|name| name == "*") || !statement["NotPrincipal"].is_null();
    let keys = values(&statement["Condition"]).filter_map(Value::as_object);
    // Everyone can use TLS.
    let is_restriction = |key: &String| !key.eq_ignore_ascii_case("aws:SecureTransport");
    let is_restricted = keys.flat_map(Map::keys).any(is_restriction);
    statement["Effect"] != "Deny" && is_everyone && !is_restricted
}
