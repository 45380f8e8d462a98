use std::collections::BTreeSet;

use proc_macro2::TokenStream;

use super::{Level, Rule, all};
use crate::Parsed;

const HANDLER: &str = "async fn handle(order: Order) -> Result<(), Error> { Ok(()) }";

/// Parses an example of the reference: an attribute, with a function or
/// without.
fn parse(example: &str) -> Parsed {
    let end = example
        .find(")]")
        .map(|end| end + 2)
        .or(example.find(']').map(|end| end + 1))
        .expect("an attribute");
    let (attribute, item) = example.split_at(end);
    let attribute = attribute
        .trim_start_matches("#[sqs_batch")
        .trim_end_matches(']');
    let attribute = attribute
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
        .unwrap_or(attribute);
    let item = if item.trim().is_empty() {
        HANDLER
    } else {
        item
    };
    let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
    crate::parse(tokens(attribute), tokens(item))
}

fn broken(parsed: &Parsed) -> BTreeSet<&'static str> {
    let errors = parsed.errors.mistakes().iter().map(|mistake| mistake.rule);
    let warnings = parsed
        .warnings
        .iter()
        .filter(|warning| !warning.accepted)
        .map(|warning| warning.rule);
    errors.chain(warnings).collect()
}

fn shown_by_a_function() -> impl Iterator<Item = &'static Rule> {
    all().filter(|rule| !rule.fails.starts_with("//"))
}

#[test]
fn every_rule_has_an_example_of_both_kinds() {
    for rule in all() {
        assert!(
            !rule.fails.is_empty() && !rule.passes.is_empty(),
            "{}",
            rule.id
        );
    }
}

#[test]
fn each_example_breaks_its_rule_and_no_other() {
    for rule in shown_by_a_function() {
        assert_eq!(
            broken(&parse(rule.fails)),
            BTreeSet::from([rule.id]),
            "{}",
            rule.fails
        );
    }
}

#[test]
fn each_corrected_example_breaks_nothing() {
    for rule in shown_by_a_function() {
        assert_eq!(
            broken(&parse(rule.passes)),
            BTreeSet::new(),
            "{}",
            rule.passes
        );
    }
}

#[test]
fn ids_are_unique_and_reasons_are_sentences() {
    let mut ids = BTreeSet::new();
    for Rule { id, reason, .. } in all() {
        assert!(ids.insert(id), "{id} is there twice");
        assert!(reason.ends_with('.'), "{id}");
    }
}

#[test]
fn every_rule_of_the_schedule_parser_is_in_the_table() {
    for id in crate::schedule::error::RULES {
        assert!(super::find(id).is_some(), "{id}");
    }
}

#[test]
fn errors_cannot_be_allowed() {
    for rule in all() {
        assert_eq!(
            super::allowable(rule.id).is_ok(),
            rule.level != Level::Error,
            "{}",
            rule.id
        );
    }
}

#[test]
fn what_may_be_allowed_is_recorded_and_no_longer_shown() {
    for rule in shown_by_a_function().filter(|rule| rule.level != Level::Error) {
        let allow = format!("allow = \"{}\"", rule.id);
        let allowed = match rule.fails.strip_prefix("#[sqs_batch]") {
            Some(function) => format!("#[sqs_batch({allow})]{function}"),
            None => rule
                .fails
                .replacen("#[sqs_batch(", &format!("#[sqs_batch({allow}, "), 1),
        };
        let parsed = parse(&allowed);
        assert_eq!(broken(&parsed), BTreeSet::new(), "{allowed}");
        let [warning] = parsed.warnings.as_slice() else {
            panic!("one accepted warning: {allowed}");
        };
        assert!(warning.accepted && warning.rule == rule.id, "{allowed}");
    }
}

/// Any options that go well with an example go as well with its mistake: that is
/// refused by its own rule, or made good by them, and breaks no other rule.
mod among_other_options {
    use proptest::prelude::*;

    use super::{HANDLER, Rule, all, broken};
    use crate::attribute::split_at_commas;

    type Pair = (String, String);

    /// Values that are right by themselves, for keys of every kind.
    fn options() -> impl Strategy<Value = Vec<Pair>> {
        let seconds =
            |range: std::ops::Range<u32>| range.prop_map(|seconds| format!("\"{seconds}s\""));
        let number = |range: std::ops::Range<u32>| range.prop_map(|number| number.to_string());
        let key = |name: &'static str| Just(name.to_owned());
        let pair = prop_oneof![
            (key("batch_size"), number(1..11)),
            (key("batch_window"), seconds(0..301)),
            (key("max_concurrency"), number(2..1001)),
            (key("retries"), number(0..4)),
            (key("timeout"), seconds(20..901)),
            (key("memory"), number(128..10241)),
            (key("max_receive_count"), number(5..20)),
            (key("retention"), seconds(172_800..345_600)),
            (key("dlq_retention"), seconds(1_100_000..1_209_601)),
            (key("redrive_rate"), number(1..501)),
            (
                key("metrics"),
                any::<bool>().prop_map(|flag| flag.to_string())
            ),
            (
                key("queue_backoff"),
                (1..60_u32, 60..900_u32).prop_map(|(min, max)| format!("\"{min}s..{max}s\""))
            ),
            (
                key("on_permanent"),
                prop_oneof![Just("\"dlq\"".to_owned()), Just("\"report\"".to_owned())]
            ),
        ];
        proptest::collection::btree_map("[a-z]", pair, 0..6).prop_map(|pairs| {
            let mut distinct: Vec<Pair> = Vec::new();
            for (key, value) in pairs.into_values() {
                if distinct.iter().all(|(earlier, _)| *earlier != key) {
                    distinct.push((key, value));
                }
            }
            distinct
        })
    }

    /// The attribute of an example, if it stands on the usual function.
    fn attribute(example: &str) -> Option<&str> {
        example
            .strip_prefix("#[sqs_batch(")?
            .strip_suffix(")]")
            .filter(|attribute| !attribute.contains(")]"))
    }

    fn keys(attribute: &str) -> Vec<String> {
        let pairs = split_at_commas(attribute.parse().expect("tokens"));
        pairs
            .into_iter()
            .filter_map(|pair| pair.into_iter().next())
            .map(|key| key.to_string())
            .collect()
    }

    fn broken_with(attribute: &str, others: &[Pair]) -> std::collections::BTreeSet<&'static str> {
        let others: String = others
            .iter()
            .map(|(key, value)| format!(", {key} = {value}"))
            .collect();
        let attribute = format!("{attribute}{others}").parse().expect("tokens");
        broken(&crate::parse(attribute, HANDLER.parse().expect("tokens")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_mistake_breaks_its_rule_alone(others in options()) {
            for Rule { id, keys: judged, fails, passes, .. } in all() {
                let (Some(fails), Some(passes)) = (attribute(fails), attribute(passes)) else {
                    continue;
                };
                let (wrong, right) = (keys(fails), keys(passes));
                let others: Vec<_> = others.iter().filter(|(key, _)| !wrong.contains(key) && !right.contains(key)).cloned().collect();
                if !broken_with(passes, &others).is_empty() {
                    continue;
                }
                let broken = broken_with(fails, &others);
                prop_assert!(broken.iter().all(|rule| rule == id), "{id}: {broken:?} with {fails}, {others:?}");
                // Another key that the rule weighs may have made the mistake good.
                let weighed = others.iter().any(|(key, _)| judged.contains(&key.as_str()));
                prop_assert!(weighed || !broken.is_empty(), "{id}: unseen in {fails}, {others:?}");
            }
        }
    }
}
