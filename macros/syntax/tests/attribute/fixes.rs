//! Each fix that is offered solves its problem and causes no other.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use proptest::prelude::*;
use proptest::sample;
use redrive_syntax::keys::KEYS;
use redrive_syntax::{Diagnostic, Edit};

use crate::options::{self, Pair, item, text};
use crate::{property, value};

fn apply(pairs: &[Pair], edits: &[Edit]) -> Vec<Pair> {
    let mut pairs = pairs.to_vec();
    for Edit { key, value } in edits {
        let place = pairs.iter().position(|(given, _)| given == key);
        match (place, value) {
            (Some(place), Some(value)) => pairs[place].1.clone_from(value),
            (Some(place), None) => drop(pairs.remove(place)),
            (None, value) => pairs.extend(value.clone().map(|value| (*key, value))),
        }
    }
    pairs
}

/// The errors, and the warnings that are shown.
fn diagnostics(pairs: &[Pair]) -> Vec<Diagnostic> {
    let tokens = |text: String| text.parse::<TokenStream>().expect("tokens");
    let parsed = redrive_syntax::parse(tokens(text(pairs)), tokens(item("handle", pairs)));
    let shown = parsed.diagnostics.iter().filter(|one| !one.accepted);
    shown.cloned().collect()
}

fn rules(diagnostics: &[Diagnostic]) -> BTreeSet<&'static str> {
    diagnostics.iter().map(|one| one.rule.id).collect()
}

/// Applies each fix of each diagnostic of these options.
fn check(pairs: &[Pair]) -> Result<(), TestCaseError> {
    property::check(&text(pairs), &item("handle", pairs));
    let before = diagnostics(pairs);
    for one in &before {
        let message = one.to_string();
        for fix in one.fixes.iter().filter(|fix| !fix.edits.is_empty()) {
            let changed = apply(pairs, &fix.edits);
            let mut after = rules(&diagnostics(&changed));
            let context = format!("{fix:?}\n{message}\n{}", text(pairs));
            prop_assert!(!after.contains(one.rule.id), "not fixed: {}", context);
            after.remove("allow_unneeded");
            let reported = rules(&before);
            let new: Vec<_> = after.difference(&reported).collect();
            prop_assert!(new.is_empty(), "{:?} are new: {}", new, context);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_a_few_options_work(pairs in options::pairs(0.25)) {
        check(&pairs)?;
    }

    #[test]
    fn of_many_options_work(pairs in options::pairs(0.6)) {
        check(&pairs)?;
    }

    #[test]
    fn of_a_value_work(key in sample::select(KEYS), value in value()) {
        check(&[(key.name, value)])?;
    }
}

/// A fix of the first also fixes the second.
#[test]
fn of_an_attempt_timeout_fit_in_the_retry_budget() {
    let pairs = [("attempt_timeout", "\"30s\"".to_owned())];
    assert_eq!(
        rules(&diagnostics(&pairs)),
        BTreeSet::from(["attempt_timeout"])
    );
    check(&pairs).expect("fixes that work");
}

/// Two mistakes of one attribute, of which one could hide the other.
#[test]
fn of_two_mistakes_work_and_lead_to_no_third() {
    for (attribute, expected) in [
        (
            &[
                ("queue", "\"orders.fifo\""),
                ("allow", "\"fifo_dlq_order\""),
                ("batch_size", "11"),
                ("attempt_timeout", "\"29s\""),
            ][..],
            ["fifo_batch_size", "retry_budget"],
        ),
        (
            &[
                ("queue", "\"orders.fifo\""),
                ("allow", "\"fifo_dlq_order\""),
                ("batch_window", "\"20s\""),
                ("retention", "\"15m\""),
            ],
            ["fifo_batch_window", "expires_before_dlq"],
        ),
        (
            &[("attempt_timeout", "\"30s\""), ("backoff", "\"10s..10s\"")],
            ["attempt_timeout", "retry_budget"],
        ),
        (
            &[
                ("retention", "\"14d\""),
                ("dlq_redrive", "\"cron(0 23 1 * ? *)\""),
            ],
            ["dlq_retention", "redrive_gap"],
        ),
    ] {
        let pairs = attribute
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned()));
        let pairs: Vec<Pair> = pairs.collect();
        let reported = rules(&diagnostics(&pairs));
        assert_eq!(reported, BTreeSet::from(expected), "{}", text(&pairs));
        check(&pairs).expect("fixes that work");
    }
}
