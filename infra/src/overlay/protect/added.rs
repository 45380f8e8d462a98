//! Resources and statements of the user's own that concern the generated queues.

use redrive_syntax::rules::catalog::{OVERLAY, Rule, SHARED_QUEUE};
use serde_json::Value;

use super::table::{MAPPING, QUEUE, QUEUE_POLICY};
use super::{Finding, View, escaped};
use crate::overlay::value::{entries, property, referred};

/// A queue has one policy: of two, the one that is created last is left.
const ONE_POLICY: &str = "replaces the generated policy of";
const TAKES: &str = "takes messages from";

/// Types, their property that names a queue, and what is wrong with it.
const OTHERS: [(&str, &str, &Rule, &str); 4] = [
    (QUEUE_POLICY, "Queues", &OVERLAY, ONE_POLICY),
    ("AWS::SQS::QueueInlinePolicy", "Queue", &OVERLAY, ONE_POLICY),
    (MAPPING, "EventSourceArn", &SHARED_QUEUE, TAKES),
    ("AWS::Pipes::Pipe", "Source", &SHARED_QUEUE, TAKES),
];

pub(super) fn findings(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (kind, name, rule, what) in OTHERS {
        for (id, resource) in view
            .all(kind)
            .filter(|(id, _)| !view.generated.contains_key(*id))
        {
            let values = entries(&resource["Properties"][name]);
            let is_named = |queue: &str, generated: &Value| {
                values.iter().any(|value| is_queue(value, queue, generated))
            };
            let mut queues = view.generated(QUEUE);
            if let Some((queue, _)) = queues.find(|(queue, generated)| is_named(queue, generated)) {
                let help = match rule == &OVERLAY {
                    true => "add your statements to the generated policy, after its own",
                    false => "give it its own queue, which the same topic can send to",
                };
                let pointer = format!("/Resources/{}", escaped(id));
                findings.push(
                    Finding::new(rule, pointer, format!("`{id}` {what} `{queue}`")).help(help),
                );
            }
        }
    }
    for (id, _) in view.generated(QUEUE_POLICY) {
        let policy = &view.merged["Resources"][id]["Properties"]["PolicyDocument"];
        if entries(&policy["Statement"])
            .into_iter()
            .any(is_open_to_all)
        {
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
    let name = generated["Properties"]["QueueName"]["Fn::Sub"]
        .as_str()
        .unwrap_or_default();
    let without_prefix = name.rsplit('}').next().unwrap_or_default();
    let is_named = [name, without_prefix].iter().any(|name| {
        !name.is_empty()
            && [':', '/']
                .iter()
                .any(|before| text.contains(&format!("{before}{name}\"")))
    });
    is_named || referred(value).as_deref() == Some(id) || text.contains(&format!("${{{id}}}"))
}

fn is_open_to_all(statement: &Value) -> bool {
    let principal = &statement["Principal"];
    let of_types = principal
        .as_object()
        .into_iter()
        .flat_map(|types| types.values());
    let is_everyone = of_types
        .chain([principal])
        .flat_map(entries)
        .any(|name| name == "*")
        || !statement["NotPrincipal"].is_null();
    let operators = statement["Condition"]
        .as_object()
        .into_iter()
        .flat_map(|it| it.values());
    let mut keys = operators
        .filter_map(Value::as_object)
        .flat_map(|keys| keys.keys());
    // Everyone can use TLS.
    let is_restricted = keys.any(|key| !key.eq_ignore_ascii_case("aws:SecureTransport"));
    statement["Effect"] != "Deny" && is_everyone && !is_restricted
}
