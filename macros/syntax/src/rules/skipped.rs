//! Rules that cannot be judged before deployment.

use std::collections::BTreeMap;

use crate::catalog::{ENV_SIZE, KMS_SENDER, POLICY_ARN, QUEUE_NAME, Rule, SENDER_FIFO};
use crate::function::Function;

/// The rules that judge the text of a key.
const OF_TEXTS: [(&str, &Rule); 7] = [
    ("env", &ENV_SIZE),
    ("policies", &POLICY_ARN),
    ("queue", &QUEUE_NAME),
    ("dlq", &QUEUE_NAME),
    ("senders", &SENDER_FIFO),
    ("topics", &SENDER_FIFO),
    ("kms_key", &KMS_SENDER),
];

/// The rules that need the values of parameters, with their keys and parameters.
pub fn skipped(function: &Function) -> Vec<(&'static Rule, &'static str, Vec<String>)> {
    let mut skipped = BTreeMap::new();
    for (key, text) in function.texts() {
        let names = text.parameters().map(|parameter| parameter.name.clone());
        let known: &mut Vec<_> = skipped.entry(key).or_default();
        known.extend(names);
    }
    let rule = |key: &str| OF_TEXTS.iter().find(|(of, _)| *of == key);
    let skipped = skipped.into_iter().filter(|(_, names)| !names.is_empty());
    skipped
        .filter_map(|(key, mut names)| {
            names.sort();
            names.dedup();
            Some((rule(key)?.1, key, names))
        })
        .collect()
}
