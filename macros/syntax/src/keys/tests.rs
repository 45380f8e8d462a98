//! The table says what the parser does.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{KEYS, Kind};
use crate::function::{Function, OnGroupFailure, OnPermanent, OnTotalFailure};
use crate::value::show;
use crate::{Parsed, parse};

fn read(attribute: &str) -> Parsed {
    let item = match attribute.contains("init") {
        true => "async fn process_order(order: Order, state: &State) -> Result<(), Error> {}",
        false => "async fn process_order(order: Order) -> Result<(), Error> {}",
    };
    let tokens = |text: &str| text.parse().expect("tokens");
    parse(tokens(attribute), tokens(item))
}

fn rules(attribute: &str) -> Vec<&'static str> {
    let diagnostics = read(attribute).diagnostics;
    diagnostics
        .errors()
        .map(|mistake| mistake.rule.id)
        .collect()
}

fn seconds(seconds: u32) -> String {
    show(Duration::from_secs(u64::from(seconds)))
}

fn quoted(text: impl std::fmt::Display) -> String {
    format!("\"{text}\"")
}

/// What the function holds for a key, as it is written; `None` where nothing is
/// or where it is no value.
fn held(function: &Function, key: &str) -> Option<String> {
    let redrive = function.redrive.as_ref();
    Some(match key {
        "queue" => quoted(&function.queue),
        "batch_size" => function.batch_size.to_string(),
        "batch_window" => quoted(seconds(function.batch_window)),
        "max_concurrency" => function.max_concurrency?.to_string(),
        "retries" => function.retries.to_string(),
        "backoff" => {
            let waits = function.backoff;
            quoted(format_args!("{}..{}", show(waits.min), show(waits.max)))
        }
        "concurrency" => function.concurrency.to_string(),
        "attempt_timeout" => quoted(show(function.attempt_timeout?)),
        "timeout" => quoted(seconds(function.timeout)),
        "memory" => function.memory.to_string(),
        "max_receive_count" => function.max_receive_count.to_string(),
        "visibility_timeout" => quoted(seconds(function.visibility_timeout)),
        "retention" => quoted(seconds(function.retention)),
        "dlq_retention" => quoted(seconds(function.dlq_retention)),
        "dlq_redrive" => quoted(redrive?.schedule.as_str()),
        "redrive_timezone" => quoted(&redrive?.timezone),
        "redrive_max_per_second" => redrive?.max_per_second?.to_string(),
        "on_total_failure" => quoted(match function.on_total_failure {
            OnTotalFailure::Error => "error",
            OnTotalFailure::Report => "report",
        }),
        "on_group_failure" => quoted(match function.on_group_failure {
            OnGroupFailure::SkipGroup => "skip_group",
            OnGroupFailure::StopBatch => "stop_batch",
        }),
        "on_permanent" => quoted(match function.on_permanent {
            OnPermanent::Report => "report",
            OnPermanent::Dlq => "dlq",
        }),
        "queue_backoff" => {
            let waits = function.queue_backoff?;
            quoted(format_args!(
                "{}..{}",
                seconds(waits.min),
                seconds(waits.max)
            ))
        }
        "metrics" => function.metrics.to_string(),
        "template" => function.template.to_string(),
        _ => return None,
    })
}

/// What a key needs beside it.
fn context(key: &str) -> &'static str {
    match key {
        "redrive_timezone" | "redrive_max_per_second" => "dlq_redrive = \"rate(1 day)\"",
        "on_group_failure" => "queue = \"orders.fifo\", allow = \"fifo_dlq_order\"",
        _ => "",
    }
}

type IsTrue = fn(&Parsed) -> bool;

/// The defaults that are words, and whether they are true.
const IN_WORDS: &[(&str, &str, IsTrue)] = &[
    ("queue", "the function's name with `-` for `_`", |parsed| {
        parsed.function.queue == "process-order"
    }),
    ("max_concurrency", "no limit of its own", |parsed| {
        parsed.function.max_concurrency.is_none()
    }),
    ("attempt_timeout", "all the time that is left", |parsed| {
        parsed.function.attempt_timeout.is_none()
    }),
    (
        "visibility_timeout",
        "6 × `timeout` + `batch_window`",
        |parsed| {
            let other = read("timeout = \"60s\", batch_window = \"20s\"").function;
            parsed.function.visibility_timeout == 6 * 30 && other.visibility_timeout == 6 * 60 + 20
        },
    ),
    ("dlq_redrive", "no redrive function", |parsed| {
        parsed.function.redrive.is_none()
    }),
    ("redrive_max_per_second", "SQS decides", |parsed| {
        let redrive = parsed.function.redrive.as_ref();
        redrive.is_some_and(|redrive| redrive.max_per_second.is_none())
    }),
    (
        "is_permanent",
        "errors that are `redrive::Permanent`",
        |parsed| parsed.paths.is_permanent.is_none(),
    ),
    ("queue_backoff", "the visibility timeout", |parsed| {
        parsed.function.queue_backoff.is_none()
    }),
    ("init", "no state", |parsed| parsed.paths.init.is_none()),
    ("env", "none", |parsed| parsed.function.env.is_empty()),
    ("policies", "none", |parsed| {
        parsed.function.policies.is_empty()
    }),
    ("allow", "none", |parsed| parsed.function.allow.is_empty()),
    // The macro writes it.
    ("crate", "`::redrive`", |parsed| {
        parsed.paths.redrive.is_none()
    }),
];

#[test]
fn defaults_are_what_is_read() {
    for key in KEYS {
        let parsed = read(context(key.name));
        assert!(!parsed.diagnostics.has_errors(), "{}", key.name);
        match IN_WORDS.iter().find(|(name, ..)| *name == key.name) {
            Some((name, default, is_true)) => {
                assert_eq!(key.default, *default, "{name}");
                assert!(is_true(&parsed), "{name}");
            }
            None => {
                let held = held(&parsed.function, key.name);
                let written = Some(key.default.trim_matches('`').to_owned());
                assert_eq!(held, written, "{}", key.name);
            }
        }
    }
}

/// The bounds of a key's range, and what is just beyond them, as written.
fn bounds(kind: &Kind) -> Option<([String; 2], Vec<String>)> {
    let below = |least: u32| least.checked_sub(1);
    let both = |duration: Duration| quoted(format_args!("{0}..{0}", show(duration)));
    Some(match kind {
        Kind::Integer(range, _) => {
            let (least, most) = (*range.start(), *range.end());
            let below = below(least).map_or("-1".to_owned(), |below| below.to_string());
            (
                [least.to_string(), most.to_string()],
                vec![below, (most + 1).to_string()],
            )
        }
        Kind::Seconds(range) => {
            let (least, most) = (*range.start(), *range.end());
            let beyond = below(least).into_iter().chain([most + 1]);
            (
                [quoted(seconds(least)), quoted(seconds(most))],
                beyond.map(|beyond| quoted(seconds(beyond))).collect(),
            )
        }
        Kind::Duration(range) => {
            let (least, most) = (*range.start(), *range.end());
            let beyond = [least - super::MS, most + super::MS];
            (
                [least, most].map(|bound| quoted(show(bound))),
                beyond.map(|beyond| quoted(show(beyond))).to_vec(),
            )
        }
        Kind::Waits(range) => {
            let (least, most) = (*range.start(), *range.end());
            let beyond = [least - super::MS, most + super::MS];
            ([least, most].map(both), beyond.map(both).to_vec())
        }
        _ => return None,
    })
}

#[test]
fn ranges_are_those_that_are_read() {
    for key in KEYS {
        let Some((bounds, beyond)) = bounds(&key.kind) else {
            continue;
        };
        let write = |value: &str| match context(key.name) {
            "" => format!("{} = {value}", key.name),
            context => format!("{} = {value}, {context}", key.name),
        };
        for bound in bounds {
            let parsed = read(&write(&bound));
            assert_eq!(
                held(&parsed.function, key.name),
                Some(bound),
                "{}",
                key.name
            );
        }
        for value in beyond {
            assert_eq!(
                rules(&write(&value)),
                ["out_of_range"],
                "{} = {value}",
                key.name
            );
        }
    }
}

#[test]
fn kinds_are_those_that_are_read() {
    let values = [
        ("an integer", " = 1"),
        ("a string", " = \"1m\""),
        ("two durations", " = \"1s..2s\""),
        ("a boolean", " = true"),
        ("a list", " = [\"a\"]"),
        ("a path", " = a::b"),
        ("variables", "(NAME = \"a\")"),
    ];
    let of_another_kind = BTreeSet::from(["wrong_type", "duration", "syntax"]);
    for key in KEYS {
        let taken: &[&str] = match key.kind {
            Kind::Integer(..) => &["an integer"],
            Kind::Seconds(_) | Kind::Duration(_) => &["a string"],
            Kind::Waits(_) => &["two durations"],
            Kind::Boolean => &["a boolean"],
            Kind::Choice(_) | Kind::Text => &["a string", "two durations"],
            Kind::List => &["a string", "two durations", "a list"],
            Kind::Path => &["a path"],
            Kind::Variables => &["variables"],
        };
        for (kind, value) in values {
            let attribute = format!("{}{value}", key.name);
            let is_refused = rules(&attribute)
                .iter()
                .any(|rule| of_another_kind.contains(rule));
            assert_eq!(is_refused, !taken.contains(&kind), "{attribute}");
        }
    }
}

#[test]
fn choices_are_those_that_are_read() {
    for key in KEYS {
        let Kind::Choice(choices) = key.kind else {
            continue;
        };
        for choice in choices {
            let attribute = format!("{} = \"{choice}\"", key.name);
            let parsed = read(&attribute);
            assert_eq!(held(&parsed.function, key.name), Some(quoted(choice)));
        }
    }
}
