//! Options made up at random: for every key, values that are right by
//! themselves. What goes together, the front end decides.
//!
//! The unit tests of the rules and the golden tests include this file.

use proptest::prelude::*;
use redrive_model::keys::KEYS;

/// A key and its value, as they are written.
pub(crate) type Pair = (&'static str, String);

/// A few of the keys, each with a value, in any order.
pub(crate) fn pairs(share: f64) -> impl Strategy<Value = Vec<Pair>> {
    let pairs: Vec<_> = values()
        .into_iter()
        .map(|(key, value)| {
            proptest::option::weighted(share, value.prop_map(move |value| (key, value)))
        })
        .collect();
    pairs
        .prop_map(|pairs| pairs.into_iter().flatten().collect::<Vec<_>>())
        .prop_shuffle()
}

/// The pairs as the arguments of the attribute.
pub(crate) fn text(pairs: &[Pair]) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(key, value)| match value.starts_with('(') {
            true => format!("{key}{value}"),
            false => format!("{key} = {value}"),
        })
        .collect();
    pairs.join(", ")
}

/// A function that these options may stand on.
pub(crate) fn item(name: &str, pairs: &[Pair]) -> String {
    let state = match pairs.iter().any(|(key, _)| *key == "init") {
        true => ", state: &State",
        false => "",
    };
    format!("async fn {name}(order: Order{state}) -> Result<(), Error> {{ Ok(()) }}")
}

/// All keys; values near the defaults are more frequent, so that not every set
/// breaks a rule.
pub(crate) fn values() -> Vec<(&'static str, BoxedStrategy<String>)> {
    let mut values = usual_values();
    for key in KEYS {
        let is_usual = values.iter().any(|(name, _)| *name == key.name);
        let value = Just(key.example.to_owned()).boxed();
        values.extend((!is_usual).then_some((key.name, value)));
    }
    values
}

fn usual_values() -> Vec<(&'static str, BoxedStrategy<String>)> {
    vec![
        (
            "queue",
            prop_oneof![
                "[a-z][a-z_-]{0,20}".prop_map(quoted),
                "[a-z][a-z_-]{0,20}\\.fifo".prop_map(quoted)
            ]
            .boxed(),
        ),
        ("batch_size", number(1..=10, 1..=10_000)),
        ("batch_window", seconds(0..=20, 0..=300)),
        ("max_concurrency", number(2..=20, 2..=1_000)),
        ("retries", number(0..=3, 0..=10)),
        ("backoff", waits("ms", 1..=1_000, 300_000)),
        ("concurrency", number(1..=10, 1..=1_000)),
        ("attempt_timeout", seconds(1..=5, 1..=1_799)),
        ("timeout", seconds(30..=900, 1..=1_800)),
        ("memory", number(128..=1_024, 128..=10_240)),
        ("ephemeral_storage", number(512..=1_024, 512..=10_240)),
        ("reserved_concurrency", number(20..=1_000, 1..=100_000)),
        ("tracing", one_of(&["true", "false"])),
        ("vpc", one_of(&["true", "false"])),
        (
            "pollers",
            one_of(&["\"2..2\"", "\"2..50\"", "\"200..10000\""]),
        ),
        (
            "alarms",
            one_of(&[
                "false",
                "(dlq_depth = 10, oldest = \"1d\", errors = 3)",
                "(oldest = \"3d\")",
            ]),
        ),
        ("max_receive_count", number(5..=10, 1..=1_000)),
        ("visibility_timeout", seconds(900..=6_000, 1..=43_200)),
        ("retention", seconds(172_800..=600_000, 60..=1_209_600)),
        (
            "dlq_retention",
            seconds(1_000_000..=1_209_600, 60..=1_209_600),
        ),
        (
            "dlq_redrive",
            one_of(&[
                "\"cron(0 23 ? * SUN-THU *)\"",
                "\"cron(0/15 8-17 ? * 2-6 *)\"",
                "\"cron(30 2 * * ? *)\"",
                "\"cron(0 23 1 * ? *)\"",
                "\"rate(1 hour)\"",
                "\"rate(9 days)\"",
            ]),
        ),
        (
            "redrive_timezone",
            one_of(&["\"Asia/Jerusalem\"", "\"Europe/Berlin\"", "\"UTC\""]),
        ),
        ("redrive_max_per_second", number(1..=500, 1..=500)),
        ("on_total_failure", one_of(&["\"error\"", "\"report\""])),
        (
            "on_group_failure",
            one_of(&["\"skip_group\"", "\"stop_batch\""]),
        ),
        (
            "on_permanent",
            one_of(&["\"dlq\"", "\"report\"", "\"park\""]),
        ),
        ("redrive_rounds", one_of(&["1", "3", "10", "\"unlimited\""])),
        (
            "parking",
            one_of(&["\"orders-parked\"", "\"orders-parked.fifo\""]),
        ),
        ("is_permanent", one_of(&["Error::is_gone", "is_gone"])),
        ("queue_backoff", waits("s", 1..=600, 43_200)),
        ("init", one_of(&["connect", "state::connect"])),
        ("flush", one_of(&["flush", "telemetry::flush"])),
        ("metrics", one_of(&["true", "false"])),
        (
            "env",
            "X[A-Z_]{1,8}"
                .prop_map(|name| format!("({name} = \"a value\")"))
                .boxed(),
        ),
        (
            "policies",
            one_of(&[
                "\"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\"",
                "[\"arn:aws:iam::123456789012:policy/a\", \"arn:aws:iam::123456789012:policy/b\"]",
            ]),
        ),
        ("dlq", one_of(&["\"orders-dead\"", "\"orders-dead.fifo\""])),
        ("fifo", one_of(&["true", "false"])),
        (
            "senders",
            one_of(&[
                "\"123456789012\"",
                "\"arn:aws:events:eu-west-1:123456789012:rule/new-order\"",
                "\"arn:aws:s3:::uploads\"",
            ]),
        ),
        (
            "topics",
            one_of(&[
                "\"arn:aws:sns:eu-west-1:123456789012:orders\"",
                "\"arn:aws:sns:eu-west-1:123456789012:orders.fifo\"",
            ]),
        ),
        ("filter_policy", one_of(&["\"{}\"", "\" { } \""])),
        (
            "filter_policy_scope",
            one_of(&["\"attributes\"", "\"body\""]),
        ),
        (
            "idempotent",
            one_of(&[
                "(key = order.id)",
                "(key = order.customer.id, ttl = \"365d\", on_conflict = \"permanent\")",
                "(key = order_key, table = \"completed-orders\")",
                "(key = message_id)",
            ]),
        ),
        ("template", one_of(&["true", "false"])),
        (
            "allow",
            one_of(&[
                "\"fifo_dlq_order\"",
                "\"receive_count_low\"",
                "[\"fifo_dlq_order\", \"concurrency_over_batch\"]",
                "[\"redrive_weekday_number\", \"fifo_dlq_order\", \"visibility_recommended\"]",
            ]),
        ),
        ("crate", one_of(&["redrive", "::other::redrive"])),
    ]
}

fn quoted(text: impl std::fmt::Display) -> String {
    format!("\"{text}\"")
}

fn one_of(values: &'static [&'static str]) -> BoxedStrategy<String> {
    proptest::sample::select(values)
        .prop_map(str::to_owned)
        .boxed()
}

type Range = std::ops::RangeInclusive<u32>;

fn number(usual: Range, all: Range) -> BoxedStrategy<String> {
    prop_oneof![3 => usual, 1 => all]
        .prop_map(|number| number.to_string())
        .boxed()
}

fn seconds(usual: Range, all: Range) -> BoxedStrategy<String> {
    prop_oneof![3 => usual, 1 => all]
        .prop_map(|number| format!("\"{number}s\""))
        .boxed()
}

fn waits(unit: &'static str, usual: Range, most: u32) -> BoxedStrategy<String> {
    let wait = move || prop_oneof![3 => usual.clone(), 1 => 1..=most];
    (wait(), wait())
        .prop_map(move |(a, b)| format!("\"{}{unit}..{}{unit}\"", a.min(b), a.max(b)))
        .boxed()
}
