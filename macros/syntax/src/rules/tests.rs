use std::collections::BTreeSet;

use proc_macro2::TokenStream;

use super::{Level, Rule, all, checks};
use crate::Parsed;
use crate::diagnostic::Diagnostics;
use crate::pair;

#[path = "../../tests/attribute/options.rs"]
mod options;

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
    let errors = parsed.diagnostics.errors().map(|error| error.rule.id);
    let warnings = parsed
        .diagnostics
        .warnings()
        .filter(|warning| !warning.accepted)
        .map(|warning| warning.rule.id);
    errors.chain(warnings).collect()
}

/// The others show what a compiler or a build script judges: of each there is a
/// case of its name in the `ui` tests.
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
    for rule in all() {
        let id = rule.id;
        assert!(ids.insert(id), "{id} is there twice");
        assert!(rule.reason().ends_with('.'), "{id}");
    }
}

#[test]
fn a_rule_reads_keys_if_it_has_a_check() {
    for rule in all() {
        let has_check = checks::all().any(|(checked, _)| *checked == rule);
        assert_eq!(!rule.keys.is_empty(), has_check, "{}", rule.id);
    }
}

#[test]
fn errors_and_notices_cannot_be_allowed() {
    for rule in all() {
        assert_eq!(
            crate::allow::allowable(rule.id).is_ok(),
            !matches!(rule.level, Level::Error | Level::Notice),
            "{}",
            rule.id
        );
    }
}

#[test]
fn what_may_be_allowed_is_recorded_and_no_longer_shown() {
    for rule in shown_by_a_function().filter(|rule| rule.level != Level::Error) {
        let id = rule.id;
        let allowed = match rule.fails.strip_prefix("#[sqs_batch]") {
            Some(function) => format!("#[sqs_batch(allow = \"{id}\")]{function}"),
            None => match rule.fails.split_once("allow = \"") {
                Some((before, other)) => {
                    format!("{before}allow = [\"{id}\", \"{other}").replacen(")]", "])]", 1)
                }
                None => rule.fails.replacen(
                    "#[sqs_batch(",
                    &format!("#[sqs_batch(allow = \"{id}\", "),
                    1,
                ),
            },
        };
        let parsed = parse(&allowed);
        assert_eq!(broken(&parsed), BTreeSet::new(), "{allowed}");
        let [warning] = parsed.diagnostics.warnings().collect::<Vec<_>>()[..] else {
            panic!("one accepted warning: {allowed}");
        };
        assert!(warning.accepted && warning.rule == rule, "{allowed}");
    }
}

#[test]
fn settings_from_elsewhere_are_judged_as_those_of_an_attribute() {
    let mut function = parse("#[sqs_batch(timeout = \"60s\")]").function;
    assert!(super::broken_by(&function, &[]).is_empty());
    function.visibility_timeout = std::time::Duration::from_secs(59);
    let broken = |unknown: &[&str]| {
        let broken = super::broken_by(&function, unknown);
        broken
            .into_iter()
            .map(|(rule, _)| rule.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(broken(&[]), ["visibility_timeout"]);
    assert!(broken(&["timeout"]).is_empty());
}

/// The attribute of an example, if it is on the usual function.
fn attribute(example: &str) -> Option<&str> {
    example
        .strip_prefix("#[sqs_batch(")?
        .strip_suffix(")]")
        .filter(|attribute| !attribute.contains(")]"))
}

fn keys(attribute: &str) -> Vec<String> {
    let tokens = attribute.parse().expect("tokens");
    let pairs = pair::list(tokens, &mut Diagnostics::default(), |_| {});
    pairs.into_iter().map(|pair| pair.name).collect()
}

/// Where a key is not among a rule's keys, its value makes no difference to the
/// rule: neither to the judgement nor to the problem. It may to the fixes.
mod keys {
    use proptest::prelude::*;

    use super::options::{self, Pair};
    use super::{Rule, all, attribute, checks, keys};
    use crate::diagnostic::Diagnostics;
    use crate::options::Options;

    fn judgement(rule: &'static Rule, example: &str, others: &[Pair]) -> Option<String> {
        let attribute = format!("{example}, {}", options::text(others));
        let mut errors = Diagnostics::default();
        let pairs = crate::attribute::parse(attribute.parse().expect("tokens"), &mut errors);
        let name = quote::format_ident!("handle");
        let options = Options::read(Some(&name), pairs, &mut errors);
        let (_, check) = checks::all().find(|(checked, _)| *checked == rule)?;
        check(&options).map(|(problem, _)| problem.to_string())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn are_all_that_is_read(others in options::pairs(0.5)) {
            for rule in all().filter(|rule| !rule.keys.is_empty()) {
                let Some(example) = attribute(rule.fails) else { continue };
                let own = keys(example);
                let others: Vec<_> = others.iter().filter(|(key, _)| own.iter().all(|own| own != key)).cloned().collect();
                let all_given = judgement(rule, example, &others);
                for (place, (key, _)) in others.iter().enumerate() {
                    if !rule.keys.contains(key) {
                        let mut without = others.clone();
                        without.remove(place);
                        prop_assert_eq!(&all_given, &judgement(rule, example, &without), "{} reads `{}`", rule.id, key);
                    }
                }
            }
        }
    }
}

/// Any options that go well alone and with an example go as well with its
/// mistake: that is refused by its own rule, or made good by them, and breaks no
/// other rule.
mod among_other_options {
    use proptest::prelude::*;

    use super::options::{self, Pair};
    use super::{all, attribute, broken, keys};

    fn broken_with(attribute: &str, others: &[Pair]) -> std::collections::BTreeSet<&'static str> {
        let item = options::item("handle", others);
        let attribute = format!("{attribute}, {}", options::text(others));
        let tokens = |text: &str| text.parse().expect("tokens");
        broken(&crate::parse(tokens(&attribute), tokens(&item)))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_mistake_breaks_its_rule_alone(others in options::pairs(0.15)) {
            for rule in all() {
                let (id, judged, fails, passes) = (&rule.id, rule.keys, rule.fails, rule.passes);
                let (Some(fails), Some(passes)) = (attribute(fails), attribute(passes)) else {
                    continue;
                };
                let (wrong, right) = (keys(fails), keys(passes));
                let is_other = |key: &str| key != "allow" && ![&wrong, &right].iter().any(|keys| keys.iter().any(|own| own == key));
                let others: Vec<_> = others.iter().filter(|(key, _)| is_other(key)).cloned().collect();
                if ![passes, ""].iter().all(|attribute| broken_with(attribute, &others).is_empty()) {
                    continue;
                }
                let mut broken = broken_with(fails, &others);
                if *id == "redrive_dst_gap" {
                    // The run that is skipped leaves a gap, too.
                    broken.remove("redrive_gap");
                }
                prop_assert!(broken.iter().all(|rule| rule == id), "{id}: {broken:?} with {fails}, {others:?}");
                // Another key that the rule reads may have solved the problem.
                let weighed = others.iter().any(|(key, _)| judged.contains(key));
                prop_assert!(weighed || !broken.is_empty(), "{id}: unseen in {fails}, {others:?}");
            }
        }
    }
}
