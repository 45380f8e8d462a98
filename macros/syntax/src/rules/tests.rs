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

#[test]
fn each_example_breaks_its_rule_and_no_other() {
    for rule in all().filter(|rule| !rule.fails.is_empty()) {
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
    for rule in all().filter(|rule| !rule.passes.is_empty()) {
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
fn a_deliberate_choice_is_recorded() {
    let parsed = parse("#[sqs_batch(queue = \"orders.fifo\", allow = \"fifo_dlq_order\")]");
    assert!(parsed.errors.is_empty());
    assert_eq!(parsed.warnings.len(), 1);
    assert!(parsed.warnings[0].accepted);
}
