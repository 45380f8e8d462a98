//! Rules that cannot be judged before deployment, because they need the value of a
//! parameter, and what they say once it is known.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;

use super::broken_by;
use crate::attribute;
use crate::catalog::{
    DLQ_PLACE, ENV_SIZE, IDEMPOTENT_TABLE, KMS_KEY, KMS_SENDER, POLICY_ARN, QUEUE_NAME, QUEUE_TYPE,
    Rule, SENDER, SENDER_FIFO,
};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::function::Function;
use crate::keys;
use crate::kms_key::KmsKey;
use crate::options::Options;

/// The keys whose texts have parameters, with the names of these.
fn parameters(function: &Function) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut parameters: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (key, text) in function.texts() {
        for parameter in text.parameters() {
            let of_key = parameters.entry(key).or_default();
            of_key.insert(parameter.name.clone());
        }
    }
    parameters
}

/// The rules that judge the texts of a key.
fn of_texts(key: &str, function: &Function) -> Vec<&'static Rule> {
    let exist = (function.existing_queue(), function.existing_dlq());
    match (key, exist) {
        ("env", _) => vec![&ENV_SIZE],
        ("policies", _) => vec![&POLICY_ARN],
        ("queue" | "dlq", (Some(_), Some(_))) => vec![&QUEUE_NAME, &QUEUE_TYPE, &DLQ_PLACE],
        ("queue", (Some(_), _)) | ("dlq", (_, Some(_))) => vec![&QUEUE_NAME, &QUEUE_TYPE],
        ("queue" | "dlq", _) => vec![&QUEUE_NAME],
        ("senders" | "topics", _) => vec![&SENDER, &SENDER_FIFO],
        ("kms_key", _) => vec![&KMS_KEY, &KMS_SENDER],
        ("idempotent", _) => vec![&IDEMPOTENT_TABLE],
        _ => Vec::new(),
    }
}

/// The rules that need the values of parameters, with their keys and parameters.
pub fn skipped(function: &Function) -> Vec<(Vec<&'static Rule>, &'static str, BTreeSet<String>)> {
    let skipped = parameters(function).into_iter();
    let skipped = skipped.map(|(key, names)| (of_texts(key, function), key, names));
    skipped.collect()
}

/// What these rules say of the same function with values instead of parameters.
pub fn with_values(function: &Function, valued: &Function) -> Vec<Diagnostic> {
    let parameters = parameters(function);
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    for key in parameters.keys() {
        let rejected: Vec<_> = not_an_arn(key, function, valued).into_iter().collect();
        let rejected = match rejected.is_empty() {
            true => read(key, valued),
            false => rejected,
        };
        if !rejected.is_empty() {
            unknown.push(*key);
        }
        let rejected = rejected.into_iter();
        found.extend(rejected.map(|one| (one.rule, one.problem, vec![*key])));
    }
    let already = broken_by(function, &[]);
    let is_new = |rule: &Rule| already.iter().all(|(other, _)| *other != rule);
    let broken = broken_by(valued, &unknown).into_iter();
    let broken = broken.filter(|(rule, _)| is_new(rule) && !valued.allow.contains(&rule.id.into()));
    found.extend(broken.map(|(rule, problem)| (rule, problem, rule.keys.to_vec())));

    let diagnostic = |(rule, problem, keys): (_, _, Vec<&str>)| {
        let names = keys.iter().filter_map(|key| parameters.get(key)).flatten();
        let names: BTreeSet<_> = names.map(|name| format!("`{name}`")).collect();
        let names = Vec::from_iter(names).join(", ");
        let diagnostic = Diagnostic::new(rule, Span::call_site(), problem);
        diagnostic.help(format!("change the value of {names}"))
    };
    found.into_iter().map(diagnostic).collect()
}

/// What reading the key's value as it would be in the attribute rejects.
fn read(key: &str, function: &Function) -> Vec<Diagnostic> {
    let key = keys::find(key);
    let written = key.and_then(|key| Some(key.with(&function.written(key)?)));
    let Some(Ok(pair)) = written.map(|written| written.parse()) else {
        return Vec::new();
    };
    let mut diagnostics = Diagnostics::default();
    let given = attribute::parse(pair, &mut diagnostics);
    Options::read(None, given, &mut diagnostics);
    diagnostics.iter().cloned().collect()
}

/// A parameter that is a whole text is used as an ARN.
fn not_an_arn(key: &'static str, function: &Function, valued: &Function) -> Option<Diagnostic> {
    let is_arn = |function: &Function| match key {
        "queue" => function.existing_queue().is_some(),
        "dlq" => function.existing_dlq().is_some(),
        "kms_key" => {
            let key = function.kms_key.as_ref().and_then(KmsKey::of);
            matches!(key, Some(KmsKey::Arn(_)))
        }
        _ => false,
    };
    let (rule, what) = match key {
        "kms_key" => (&KMS_KEY, "a KMS key"),
        _ => (&QUEUE_NAME, "an SQS queue"),
    };
    let problem = format!("`{key}` is not the ARN of {what}");
    let wrong = Diagnostic::new(rule, Span::call_site(), problem);
    (is_arn(function) && !is_arn(valued)).then_some(wrong)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use quote::quote;

    use super::{skipped, with_values};
    use crate::function::Function;

    fn function(attribute: proc_macro2::TokenStream) -> Function {
        let item = quote!(
            async fn handle(order: Order) -> Result<(), Error> {}
        );
        let parsed = crate::parse(attribute, item);
        let errors: Vec<_> = parsed.diagnostics.errors().collect();
        assert!(errors.is_empty(), "{errors:?}");
        parsed.function
    }

    /// The problem and the help for each rule that these values break.
    fn broken(function: &Function, values: &[(&str, &str)]) -> Vec<(&'static str, String)> {
        let values: BTreeMap<_, _> = values.iter().copied().collect();
        let mut valued = function.clone();
        for text in valued.texts_mut() {
            *text = text.with(|it| values[it.name.as_str()].to_owned()).into();
        }
        let found = with_values(function, &valued).into_iter();
        found.map(|one| (one.rule.id, one.to_string())).collect()
    }

    #[test]
    fn rules_that_need_a_value_are_listed() {
        let function = function(quote!(
            queue = "${Queue}",
            fifo = false,
            dlq = "arn:aws:sqs:eu-west-1:123456789012:${Dlq}",
            env(TABLE = "${Table}", URL = "https://${Host}/${Table}"),
        ));
        let listed = skipped(&function).into_iter().map(|(rules, key, names)| {
            let rules: Vec<_> = rules.iter().map(|rule| rule.id).collect();
            (key, rules.join(" "), Vec::from_iter(names).join(" "))
        });
        let queue = "queue_name queue_type dlq_place";
        let expected = [
            ("dlq", queue, "Dlq"),
            ("env", "env_size", "Host Table"),
            ("queue", queue, "Queue"),
        ];
        let expected =
            expected.map(|(key, rules, names)| (key, rules.to_owned(), names.to_owned()));
        assert_eq!(listed.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn values_are_judged_as_in_the_attribute() {
        let arn = "arn:aws:sqs:eu-west-1:123456789012:orders";
        let new = function(quote!(
            queue = "orders-${Stage}",
            senders = "arn:aws:s3:::${Bucket}"
        ));
        let of_new =
            |stage: &str, bucket: &str| broken(&new, &[("Stage", stage), ("Bucket", bucket)]);
        assert_eq!(of_new("dev", "uploads"), []);
        let found = of_new("dev stage", "a/b");
        let rules: Vec<_> = found.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(rules, ["sender", "queue_name"]);
        let text = "queue name contains ` `; only letters, digits, `-` and `_` are allowed [queue_name]\n\
                    help: change the value of `Stage`\nsee: ";
        assert!(found[1].1.starts_with(text), "{}", found[1].1);
        assert_eq!(of_new(&"x".repeat(70), "uploads")[0].0, "queue_name");
        // Quotes are characters of the value.
        assert_eq!(of_new("\"\\", "uploads")[0].0, "queue_name");

        let existing = function(quote!(queue = "${Queue}", fifo = false, kms_key = "${Key}"));
        let of_existing = |queue: &str, key: &str| {
            let found = broken(&existing, &[("Queue", queue), ("Key", key)]);
            found.into_iter().map(|(rule, _)| rule).collect::<Vec<_>>()
        };
        let key = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd";
        assert_eq!(of_existing(arn, key), [] as [&str; 0]);
        assert_eq!(
            of_existing("orders", "alias/orders"),
            ["kms_key", "queue_name"]
        );
        assert_eq!(of_existing(&format!("{arn}.fifo"), key), ["queue_type"]);
        assert_eq!(
            of_existing("arn:aws:sqs:eu-west-1:1:orders", key),
            ["queue_name"]
        );
    }

    #[test]
    fn values_are_judged_together() {
        let existing = function(quote!(
            queue = "arn:aws:sqs:${Region}:123456789012:orders",
            dlq = "arn:aws:sqs:eu-west-1:${Account}:dead",
            dlq_redrive = "rate(1 day)",
            policies = ["arn:aws:iam::${Account}:policy/a"],
        ));
        let rules = |region: &str, account: &str| {
            let found = broken(&existing, &[("Region", region), ("Account", account)]);
            found.into_iter().map(|(rule, _)| rule).collect::<Vec<_>>()
        };
        assert_eq!(rules("eu-west-1", "123456789012"), [] as [&str; 0]);
        assert_eq!(rules("eu-west-2", "123456789012"), ["dlq_place"]);
        assert_eq!(rules("eu-west-1", "210987654321"), ["dlq_place"]);
        assert_eq!(rules("eu-west-1", "12"), ["policy_arn", "queue_name"]);
        let large = function(quote!(env(TABLE = "${Table}")));
        let found = broken(&large, &[("Table", &"x".repeat(4_096))]);
        assert_eq!(found[0].0, "env_size");
    }
}
