//! The fixes that diagnostics offer.

use super::{parse, rules};
use crate::Parsed;

/// What the first diagnostic of this rule offers.
fn offered(attribute: &str, rule: &str) -> Vec<String> {
    let parsed = parse(attribute);
    let one = parsed.diagnostics.iter().find(|one| one.rule.id == rule);
    let fixes = one.into_iter().flat_map(|one| &one.fixes);
    fixes.map(ToString::to_string).collect()
}

#[test]
fn a_fix_is_what_to_write() {
    let fifo = "allow = \"fifo_dlq_order\"";
    for (rule, attribute, fix) in [
        (
            "fifo_dlq_order",
            "queue = \"o.fifo\", allow = \"receive_count_low\"",
            "if the order may break after a failure, write `allow = [\"receive_count_low\", \"fifo_dlq_order\"]`",
        ),
        (
            "fifo_batch_size",
            "queue = \"o.fifo\", allow = \"fifo_dlq_order\", batch_size = 20, concurrency = 11",
            "write `batch_size = 10` and `concurrency = 10`",
        ),
        (
            "queue_name",
            "queue = \"new orders!\"",
            "write `queue = \"new-orders\"`",
        ),
        (
            "queue_name",
            "queue = \"größe\"",
            "write `queue = \"gr-e\"`",
        ),
        (
            "queue_name",
            "queue = \"注文\"",
            "write `queue = \"orders\"`",
        ),
        (
            "queue_name",
            &format!("queue = \".fifo\", {fifo}"),
            "write `queue = \"orders.fifo\"`",
        ),
        (
            "queue_name",
            &format!("queue = \"a b.fifo\", {fifo}"),
            "write `queue = \"a-b.fifo\"`",
        ),
        (
            "queue_name",
            &format!("queue = \"a.Fifo\", {fifo}"),
            "write `queue = \"a.fifo\"`",
        ),
        (
            "queue_name",
            "queue = \"a.Fifo\"",
            "write `queue = \"a.fifo\"` and `allow = \"fifo_dlq_order\"`",
        ),
        (
            "queue_name",
            "queue = \"arn:aws:sns:eu-west-1:123456789012:new-orders\"",
            "for example, `queue = \"arn:aws:sqs:eu-west-1:123456789012:orders\"`",
        ),
        (
            "queue_name",
            "queue = \"https://sqs.eu-west-1.amazonaws.com/123456789012/new-orders\"",
            "write `queue = \"arn:aws:sqs:eu-west-1:123456789012:new-orders\"`",
        ),
        (
            "queue_name",
            "queue = \"http://localhost:4566/000000000000/new-orders\"",
            "write `queue = \"new-orders\"`",
        ),
        (
            "queue_name",
            "queue = \"orders-$Stage\"",
            "write `queue = \"orders-${Stage}\"`",
        ),
        (
            "queue_type",
            &format!("queue = \"orders-${{Stage}}\", fifo = true, {fifo}"),
            "write `queue = \"orders-${Stage}.fifo\"`",
        ),
        (
            "parameter_conflict",
            "queue = \"a-${Stage:-x}\", dlq = \"b-${Stage:-y}\"",
            "write `dlq = \"b-${Stage}\"`",
        ),
        (
            "kms_key",
            "kms_key = \"orders\"",
            "write `kms_key = \"alias/orders\"`",
        ),
        (
            "kms_key",
            "kms_key = \"alias/aws/sns\"",
            "write `kms_key = \"alias/orders\"`",
        ),
        (
            "redrive_without_schedule",
            "redrive_max_per_second = 5, redrive_timezone = \"UTC\"",
            "write `dlq_redrive = \"cron(0 23 * * ? *)\"`",
        ),
        (
            "redrive_without_schedule",
            "redrive_timezone = \"UTC\"",
            "remove `redrive_timezone`",
        ),
        (
            "visibility_timeout",
            "timeout = \"60s\", visibility_timeout = \"59s\"",
            "remove it to use the default, 6 min",
        ),
        // What was sent 12 days ago can still be redriven once.
        (
            "dlq_retention",
            "retention = \"14d\", dlq_redrive = \"rate(2 days)\"",
            "write `retention = \"11d\"`",
        ),
    ] {
        let offered = offered(attribute, rule);
        assert!(
            offered.iter().any(|one| one == fix),
            "{attribute}: {offered:?}"
        );
    }
}

#[test]
fn what_is_meant_is_offered_whatever_the_other_keys_are() {
    let queue = "queue = \"arn:aws:sqs:eu-west-1:123456789012:orders\"";
    for others in [
        "redrive_timezone = \"Europe/Berlin\"",
        "redrive_timezone = \"Europe/Belin\"",
        "redrive_rounds = \"unlimited\", idempotent(key = order.id)",
        "redrive_rounds = \"unlimited\", on_permanent = \"dlq\"",
        "idempotent(key = message_id)",
        "retention = \"13d\", redrive_timezone = \"Europe/Berlin\"",
        "retention = \"15m\"",
        "parking = \"process-order-dlq\"",
        queue,
    ] {
        for days in ["\"rate(1 days)\"", "\"1 days\"", "rate(1 day)"] {
            let attribute = format!("dlq_redrive = {days}, {others}");
            let rule = parse(&attribute)
                .diagnostics
                .iter()
                .next()
                .map(|one| one.rule.id);
            let offered = offered(&attribute, rule.unwrap_or_default());
            let meant = "write `dlq_redrive = \"rate(1 day)\"`";
            assert!(!offered.is_empty(), "{attribute}");
            assert!(
                offered.iter().all(|fix| fix.starts_with(meant)),
                "{attribute}: {offered:?}"
            );
        }
    }
}

#[test]
fn a_wait_without_a_unit_has_that_of_the_other_or_a_likely_one() {
    for (key, wrong, meant) in [
        ("backoff", "1..5", "1s..5s"),
        ("backoff", "200..5000", "200ms..5s"),
        ("backoff", "1..5s", "1s..5s"),
        ("backoff", "1s..5", "1s..5s"),
        ("backoff", "200..5s", "200ms..5s"),
        ("backoff", "1 to 5", "1s..5s"),
        ("queue_backoff", "30..600", "30s..10m"),
        ("queue_backoff", "5..15m", "5m..15m"),
        ("queue_backoff", "30s..15", "30s..15m"),
    ] {
        for others in ["timeout = \"15m\"", "retries = 2"] {
            let attribute = format!("{key} = \"{wrong}\", {others}");
            let offered = offered(&attribute, "duration");
            let meant = format!("write `{key} = \"{meant}\"`");
            assert!(!offered.is_empty(), "{attribute}");
            assert!(
                offered.iter().all(|fix| fix.starts_with(&meant)),
                "{attribute}: {offered:?}"
            );
        }
    }
}

#[test]
fn a_year_is_left_out() {
    for years in ["2199", "2198-2199", "2100/1", "2027-2199", "2026-2198"] {
        let attribute = format!("dlq_redrive = \"cron(0 23 * * ? {years})\"");
        assert_eq!(rules(&attribute), ["redrive_year"], "{years}");
        assert_eq!(
            offered(&attribute, "redrive_year"),
            [
                "write `dlq_redrive = \"cron(0 23 * * ? *)\"`",
                "if it is intended, write `allow = \"redrive_year\"`"
            ],
            "{years}"
        );
        let allowed = format!("{attribute}, allow = \"redrive_year\"");
        assert_eq!(rules(&allowed), Vec::<&str>::new(), "{years}");
    }
    for years in ["*", "2026-2199", "1970-2199", "2020/1"] {
        let attribute = format!("dlq_redrive = \"cron(0 23 * * ? {years})\"");
        assert_eq!(rules(&attribute), Vec::<&str>::new(), "{years}");
    }
}

#[test]
fn one_key_makes_a_batch_fit_where_one_can() {
    for (attribute, fixes) in [
        // 10 × (4 × 5 s + 1.4 s) + 0.5 s
        (
            "retries = 3, attempt_timeout = \"5s\", backoff = \"200ms..5s\"",
            &[
                "`concurrency = 10`",
                "`timeout = \"215s\"`",
                "`batch_size = 1`",
            ][..],
        ),
        (
            "retries = 5, attempt_timeout = \"30s\", timeout = \"60s\"",
            &[
                "`concurrency = 10` and `timeout = \"187s\"`",
                "`timeout = \"746s\"` and `batch_size = 4`",
                "`concurrency = 10` and `retries = 0`",
            ],
        ),
        (
            "retries = 5, attempt_timeout = \"5s\", visibility_timeout = \"3m\"",
            &[
                "`concurrency = 10` and `retries = 4`",
                "`batch_size = 1` and `retries = 4`",
                "`concurrency = 10` and `attempt_timeout = \"3800ms\"`",
            ],
        ),
        (
            "attempt_timeout = \"20s\", timeout = \"21s\", batch_size = 1, retries = 1",
            &[
                "`timeout = \"41s\"`",
                "`retries = 0`",
                "`attempt_timeout = \"10s\"`",
            ],
        ),
        // 20 s + 0.5 s, and 1.1 s for `flush`
        (
            "attempt_timeout = \"20s\", timeout = \"21s\", batch_size = 1, retries = 0, flush = flush",
            &["`timeout = \"22s\"`", "`attempt_timeout = \"19s\"`"],
        ),
        (
            "backoff = \"8s..10s\", concurrency = 4",
            &[
                "`concurrency = 10`",
                "`timeout = \"55s\"`",
                "`batch_size = 4`",
            ],
        ),
        (
            "queue = \"o.fifo\", allow = \"fifo_dlq_order\", backoff = \"300s..300s\", retries = 1, timeout = \"1s\", visibility_timeout = \"6s\"",
            &["`backoff = \"90ms..90ms\"`"],
        ),
        // Messages of one group are handled one after another.
        (
            "queue = \"o.fifo\", allow = \"fifo_dlq_order\", concurrency = 10, retries = 3, attempt_timeout = \"5s\"",
            &["`timeout = \"215s\"`", "`attempt_timeout = \"380ms\"`"],
        ),
    ] {
        let fixes: Vec<_> = fixes.iter().map(|fix| format!("write {fix}")).collect();
        assert_eq!(offered(attribute, "retry_budget"), fixes, "{attribute}");
    }
}

#[test]
fn weekdays_by_name_are_those_by_number() {
    for days in ["1", "7", "1-5", "2-6", "2,4,6", "1-2,6-7"] {
        let attribute = format!("dlq_redrive = \"cron(30 7 ? * {days} *)\", retention = \"1h\"");
        let parsed = parse(&attribute);
        let warning = parsed
            .diagnostics
            .warnings()
            .find(|warning| warning.rule.id == "redrive_weekday_number");
        let warning = warning.unwrap_or_else(|| panic!("a warning of {days}"));
        let Some(names) = &warning.fixes[0].edits[0].value else {
            panic!("a schedule");
        };
        let named = parse(&format!("dlq_redrive = {names}, retention = \"1h\""));
        assert!(named.diagnostics.iter().next().is_none(), "{days}: {names}");
        let runs = |parsed: &Parsed| -> Vec<_> {
            let redrive = parsed.function.redrive().expect("a redrive");
            let zone = crate::schedule::timezone("UTC").expect("a zone");
            let start = "2026-01-01T00:00:00Z".parse().expect("a time");
            redrive.schedule.upcoming(start, &zone).take(20).collect()
        };
        assert_eq!(runs(&named), runs(&parsed), "{days}: {names}");
    }
}
