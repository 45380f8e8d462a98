//! Each fix that is offered solves its problem and causes no other, and each line
//! fits on a screen.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use proptest::prelude::*;
use proptest::sample;
use redrive_syntax::keys::KEYS;
use redrive_syntax::{Diagnostic, Edit, wrapped};

use crate::options::{self, Pair, item, text};
use crate::value;

/// The longest line of a diagnostic, apart from that of a page.
const LONGEST_LINE: usize = 120;

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
    let before = diagnostics(pairs);
    for one in before.iter().filter(|one| !one.rule.keys.is_empty()) {
        let message = one.to_string();
        prop_assert!(
            !one.fixes.is_empty(),
            "no fix in {}\n{}",
            text(pairs),
            message
        );
        for line in wrapped(&message)
            .lines()
            .filter(|line| !line.starts_with("see: "))
        {
            let length = line.chars().count();
            prop_assert!(length <= LONGEST_LINE, "{} characters: {}", length, line);
        }
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
