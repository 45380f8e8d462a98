//! What a message offers, as it is written there, mends the mistake and makes
//! no other.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use proptest::prelude::*;
use proptest::sample;
use redrive_syntax::keys::KEYS;
use redrive_syntax::rules;

use crate::options::{self, Pair, item, text};
use crate::value;

/// A key and the value that it is to have; `None`: it is to go.
type Change = (&'static str, Option<String>);

/// The ways out of a message, each with all that it changes.
///
/// `` `key = value` `` is a change, and `` `key = value` and `key = value` `` one
/// way. What is to go is named, or is the first key that the message names.
fn offers(message: &str) -> Vec<Vec<Change>> {
    let parts: Vec<_> = message.split('`').collect();
    let mut offers: Vec<Vec<Change>> = Vec::new();
    let mut last = 0;
    for (place, part) in parts.iter().enumerate().filter(|(place, _)| place % 2 == 1) {
        let Some(change) = change(part) else { continue };
        let goes_on = last + 2 == place && matches!(parts[place - 1], " and " | ", and ");
        match offers.last_mut().filter(|_| goes_on) {
            Some(offer) => offer.push(change),
            None => offers.push(vec![change]),
        }
        last = place;
    }
    let named = |named: &str| KEYS.iter().map(|key| key.name).find(|key| *key == named);
    let first = parts.iter().skip(1).step_by(2).find_map(|part| named(part));
    for (before, value) in parts.iter().zip(&parts[1..]) {
        let is_value = value.starts_with('"') && !message.contains("rule is named");
        if is_value && (before.ends_with("write ") || before.ends_with("did you mean ")) {
            offers.push(vec![(first.expect("a key"), Some((*value).to_owned()))]);
        }
    }
    if message.contains("leave it out") || message.contains("remove it") {
        offers.push(vec![(first.expect("a key to remove"), None)]);
    }
    if let Some((before, _)) = message.split_once("remove them") {
        let parts = before.split(';').next().unwrap_or_default().split('`');
        offers.push(parts.filter_map(named).map(|key| (key, None)).collect());
    }
    for (before, key) in parts.iter().zip(&parts[1..]) {
        if let Some(key) = named(key).filter(|_| before.ends_with("remove ")) {
            offers.push(vec![(key, None)]);
        }
    }
    offers
}

fn change(part: &str) -> Option<Change> {
    let (key, value) = part.split_once(" = ")?;
    let key = KEYS.iter().find(|known| known.name == key)?;
    (value != "…").then(|| (key.name, Some(value.to_owned())))
}

fn apply(pairs: &[Pair], offer: &[Change]) -> Vec<Pair> {
    let mut pairs = pairs.to_vec();
    for (key, value) in offer {
        match pairs.iter_mut().find(|(given, _)| given == key) {
            Some(pair) => pair.1 = value.clone().unwrap_or_default(),
            None => pairs.extend(value.clone().map(|value| (*key, value))),
        }
        pairs.retain(|(given, _)| given != key || value.is_some());
    }
    pairs
}

/// Each error, and each warning that is shown: its rule and its words.
fn told(pairs: &[Pair]) -> Vec<(&'static str, String)> {
    let tokens = |text: String| text.parse::<TokenStream>().expect("tokens");
    let parsed = redrive_syntax::parse(tokens(text(pairs)), tokens(item("handle", pairs)));
    let errors = parsed.diagnostics.errors();
    let shown = parsed
        .diagnostics
        .warnings()
        .filter(|warning| !warning.accepted);
    errors
        .map(|mistake| (mistake.rule.id, mistake.message()))
        .chain(shown.map(|warning| (warning.rule.id, warning.message())))
        .collect()
}

fn ids(told: &[(&'static str, String)]) -> BTreeSet<&'static str> {
    told.iter().map(|(rule, _)| *rule).collect()
}

/// Applies each offer of each message about these options.
fn check(pairs: &[Pair]) -> Result<(), TestCaseError> {
    let before = told(pairs);
    for (rule, message) in &before {
        let offers = offers(message);
        let is_offer = message.contains("write `") && *rule != "redrive_weekday_number";
        prop_assert!(!is_offer || !offers.is_empty(), "{}", message);
        prop_assert!(*rule != "retry_budget" || is_offer, "{}", message);
        let is_empty = message.contains("write ;") || message.ends_with("write ");
        prop_assert!(!is_empty, "{}", message);
        for offer in &offers {
            let changed = apply(pairs, offer);
            let after = ids(&told(&changed));
            prop_assert!(
                !after.contains(rule),
                "{} still: {}\n{:?} in {}",
                rule,
                message,
                offer,
                text(pairs)
            );
            let mut new: BTreeSet<_> = after.difference(&ids(&before)).copied().collect();
            new.retain(|new| !may_follow(rule, new) && *new != "allow_unneeded");
            prop_assert!(
                new.is_empty(),
                "{}: {:?} are new: {}\n{:?} in {}",
                rule,
                new,
                message,
                offer,
                text(pairs)
            );
        }
    }
    Ok(())
}

/// Applies what is offered for each value that cannot be read: it can.
fn check_values(pairs: &[Pair]) -> Result<(), TestCaseError> {
    let is_value = |rule: &str| rules::find(rule).is_some_and(|rule| rule.keys.is_empty());
    let before = told(pairs);
    for (rule, message) in before.iter().filter(|(rule, _)| is_value(rule)) {
        for offer in offers(message) {
            let changed = apply(pairs, &offer);
            // A quoted value can look like an offer.
            if text(&changed).parse::<TokenStream>().is_err() {
                continue;
            }
            let after = told(&changed);
            let new = after
                .iter()
                .filter(|told| is_value(told.0) && !before.contains(told));
            let new: Vec<_> = new.filter(|told| told.0 != "allow_unneeded").collect();
            prop_assert!(
                !after.contains(&(*rule, message.clone())) && new.is_empty(),
                "{}: {:?} gives {:?}",
                message,
                offer,
                new
            );
        }
    }
    Ok(())
}

/// Whether a rule is judged only where another one is kept.
fn may_follow(rule: &str, follower: &str) -> bool {
    let followers: &[_] = match rule {
        "fifo_batch_window" => &["visibility_recommended", "expires_before_dlq"],
        "fifo_batch_size" => &["retry_budget"],
        "dlq_retention" => &["redrive_gap"],
        _ => &[],
    };
    followers.contains(&follower)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mend_a_few_options(pairs in options::pairs(0.25)) {
        check(&pairs)?;
    }

    #[test]
    fn mend_a_value(key in sample::select(KEYS), value in value()) {
        check_values(&[(key.name, value)])?;
    }

    #[test]
    fn mend_many_options(pairs in options::pairs(0.6)) {
        check(&pairs)?;
    }
}

#[test]
fn are_read_from_messages() {
    let message = "`batch_size` is 9; write `timeout = \"9s\"` and `retries = 1`, or `concurrency = 2`, or leave it out";
    let is = |key, value: &str| (key, Some(value.to_owned()));
    assert_eq!(
        offers(message),
        [
            vec![is("timeout", "\"9s\""), is("retries", "1")],
            vec![is("concurrency", "2")],
            vec![("batch_size", None)],
        ]
    );
}
