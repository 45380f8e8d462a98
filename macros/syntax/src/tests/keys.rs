//! The table of keys is what is read.

use std::collections::BTreeSet;
use std::time::Duration;

use redrive_model::duration::written;
use redrive_model::keys::{KEYS, Key, Kind};

use super::parse;
use crate::Parsed;

fn parse_with(attribute: &str) -> Parsed {
    match attribute.contains("init") {
        true => {
            let tokens = |text: &str| text.parse().expect("tokens");
            let item = "async fn handle(order: Order, state: &State) -> Result<(), Error> {}";
            crate::parse(tokens(attribute), tokens(item))
        }
        false => parse(attribute),
    }
}

fn rules_of(attribute: &str) -> Vec<&'static str> {
    let diagnostics = parse_with(attribute).diagnostics;
    diagnostics.errors().map(|error| error.rule.id).collect()
}

/// What a key needs next to it.
fn context(key: &Key) -> &'static str {
    let without = "queue = \"orders.fifo\", allow = \"fifo_dlq_order\"";
    let schedule = "dlq_redrive = \"rate(1 day)\"";
    match key.kind {
        Kind::Choice(words) if words.contains(&"skip_group") => without,
        Kind::Timezone => schedule,
        _ if key.name.starts_with("redrive_") || key.name == "parking" => schedule,
        _ if ["raw", "filter_policy"].contains(&key.name) => {
            "topics = \"arn:aws:sns:eu-west-1:123456789012:orders\""
        }
        _ if key.name == "filter_policy_scope" => {
            "topics = \"arn:aws:sns:eu-west-1:123456789012:orders\", filter_policy = \"{}\""
        }
        _ => "",
    }
}

fn with(key: &Key, value: &str) -> String {
    [key.with(value), context(key).to_owned()]
        .join(", ")
        .trim_end_matches(", ")
        .to_owned()
}

fn held(attribute: &str, key: &Key) -> Option<String> {
    parse_with(attribute).function.written(key)
}

#[test]
fn examples_are_read() {
    for key in KEYS {
        let attribute = with(key, key.example);
        let mut found = rules_of(&attribute);
        // A single attempt leaves the others less time.
        found.retain(|rule| *rule != "retry_budget");
        assert!(found.is_empty(), "{attribute}: {found:?}");
    }
}

#[test]
fn the_defaults_in_words_are_true() {
    let function = parse_with("").function;
    assert_eq!(function.queue, "process-order");
    let longer = parse_with("timeout = \"1m\", batch_window = \"20s\"").function;
    assert_eq!(longer.visibility_timeout, Duration::from_secs(6 * 60 + 20));
    assert_eq!(function.visibility_timeout, Duration::from_secs(6 * 30));
    let in_words: Vec<_> = KEYS.iter().filter(|key| !key.without.is_empty()).collect();
    for key in in_words {
        let is_derived = ["queue", "visibility_timeout"].contains(&key.name);
        assert_eq!(function.written(key).is_some(), is_derived, "{}", key.name);
    }
}

#[test]
fn ranges_are_those_that_are_read() {
    let quoted = |duration: Duration| format!("\"{}\"", written(duration));
    let both = |duration: Duration| format!("\"{0}..{0}\"", written(duration));
    let millisecond = Duration::from_millis(1);
    for key in KEYS {
        let (inside, outside) = match &key.kind {
            Kind::Integer(range, _) | Kind::Rounds(range) => {
                let (least, most) = (i64::from(*range.start()), i64::from(*range.end()));
                let text = |number: i64| number.to_string();
                ([least, most].map(text), [least - 1, most + 1].map(text))
            }
            Kind::Duration(range) => {
                let beyond = [
                    range.start().checked_sub(millisecond),
                    Some(*range.end() + millisecond),
                ];
                let beyond = beyond.map(|beyond| beyond.map_or("\"-1s\"".to_owned(), quoted));
                ([*range.start(), *range.end()].map(quoted), beyond)
            }
            Kind::Backoff(range) => {
                let beyond = [*range.start() - millisecond, *range.end() + millisecond];
                ([*range.start(), *range.end()].map(both), beyond.map(both))
            }
            _ => continue,
        };
        for value in inside {
            assert_eq!(held(&with(key, &value), key), Some(value), "{}", key.name);
        }
        for value in outside {
            let attribute = with(key, &value);
            assert_eq!(rules_of(&attribute), ["out_of_range"], "{attribute}");
        }
    }
}

#[test]
fn kinds_are_those_that_are_read() {
    let values = [
        ("an integer", " = 1"),
        ("a string", " = \"1m\""),
        ("two durations", " = \"1s..2s\""),
        ("two numbers", " = \"2..3\""),
        ("a boolean", " = true"),
        ("a list", " = [\"a\"]"),
        ("a path", " = a::b"),
        ("variables", "(NAME = \"a\")"),
    ];
    let of_another_kind = BTreeSet::from(["wrong_type", "duration", "syntax"]);
    for key in KEYS {
        let accepted: &[&str] = match key.kind {
            Kind::Integer(..) | Kind::Rounds(_) => &["an integer"],
            Kind::Duration(_) => &["a string"],
            Kind::Backoff(_) => &["two durations"],
            Kind::Boolean => &["a boolean"],
            Kind::Choice(_)
            | Kind::Queue
            | Kind::KmsKey
            | Kind::File
            | Kind::Table
            | Kind::Json
            | Kind::Schedule
            | Kind::Timezone => &["a string", "two durations", "two numbers"],
            Kind::Policies | Kind::Senders | Kind::Topics | Kind::Rules => {
                &["a string", "two durations", "two numbers", "a list"]
            }
            Kind::Function | Kind::Crate => &["a path"],
            Kind::Variables | Kind::Tags | Kind::Idempotency => &["variables"],
            Kind::Alarms => &["a boolean", "variables"],
            Kind::Pollers => &["two numbers"],
        };
        for (kind, value) in values {
            let attribute = format!("{}{value}", key.name);
            let found = rules_of(&attribute);
            let is_rejected = found.iter().any(|rule| of_another_kind.contains(rule));
            assert_eq!(is_rejected, !accepted.contains(&kind), "{attribute}");
        }
    }
}

#[test]
fn choices_are_those_that_are_read() {
    for key in KEYS {
        let Kind::Choice(words) = key.kind else {
            continue;
        };
        for word in words {
            let value = format!("\"{word}\"");
            assert_eq!(held(&with(key, &value), key), Some(value));
        }
    }
}

#[test]
fn a_former_name_or_an_alias_is_an_error_with_the_key() {
    for key in KEYS {
        for alias in key.aliases {
            let attribute = format!("{alias} = {}", key.example);
            let parsed = parse_with(&attribute);
            let mut errors = parsed.diagnostics.errors();
            let error = errors.next().expect(alias);
            assert_eq!(error.rule.id, "unknown_key", "{attribute}");
            let message = error.to_string();
            assert!(
                message.contains(&format!("`{}", key.name)),
                "{attribute}: {message}"
            );
            assert!(errors.next().is_none(), "{attribute}");
        }
    }
}
