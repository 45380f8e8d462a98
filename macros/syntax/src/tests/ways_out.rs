//! The ways out that messages offer.

use super::{messages, parse, rules};
use crate::Parsed;

#[test]
fn errors_offer_the_way_out() {
    for (attribute, way_out) in [
        (
            "queue = \"o.fifo\", allow = \"receive_count_low\"",
            "`allow = [\"receive_count_low\", \"fifo_dlq_order\"]`",
        ),
        (
            "queue = \"o.fifo\", allow = \"fifo_dlq_order\", batch_size = 20, concurrency = 11",
            "write `batch_size = 10` and `concurrency = 10`",
        ),
        ("queue = \".fifo\"", "write `queue = \"orders.fifo\"`"),
        ("queue = \"new orders!\"", "write `queue = \"new-orders\"`"),
        ("queue = \"größe\"", "write `queue = \"gr-e\"`"),
        ("queue = \"注文\"", "write `queue = \"orders\"`"),
        (
            "queue = \"a b.fifo\", allow = \"fifo_dlq_order\"",
            "write `queue = \"a-b.fifo\"`",
        ),
        (
            "queue = \"a.Fifo\", allow = \"fifo_dlq_order\"",
            "write `queue = \"a.fifo\"`",
        ),
        (
            "redrive_max_per_second = 5, redrive_timezone = \"UTC\"",
            "`redrive_timezone` and `redrive_max_per_second` are about",
        ),
        (
            "redrive_timezone = \"Asia/Jeruslem\", dlq_redrive = \"rate(1 day)\"",
            "Asia/Jerusalem",
        ),
        ("dlq_redrive = \"cron(0 23 ? * SUNDAY *)\"", "SUN"),
    ] {
        let messages = messages(attribute);
        assert!(
            messages.iter().any(|message| message.contains(way_out)),
            "{attribute}: {messages:?}"
        );
    }
}

#[test]
fn the_retry_budget_names_what_would_fit() {
    let messages = messages("retries = 3, attempt_timeout = \"5s\", backoff = \"200ms..5s\"");
    let [message] = messages.as_slice() else {
        panic!("one mistake, not {messages:?}");
    };
    // 10 × (4 × 5 s + 1.4 s) + 0.5 s
    assert!(message.contains("3 min 34.5 s"), "{message}");
    assert!(message.contains("`timeout = \"215s\"`"), "{message}");
    assert!(message.contains("`concurrency = 10`"), "{message}");
    assert!(message.contains("`batch_size = 1`"), "{message}");
    for fitting in ["timeout = \"215s\"", "concurrency = 10", "batch_size = 1"] {
        let attribute =
            format!("retries = 3, attempt_timeout = \"5s\", backoff = \"200ms..5s\", {fitting}");
        assert_eq!(rules(&attribute), Vec::<&str>::new(), "{attribute}");
    }
}

#[test]
fn the_retry_budget_names_what_fits_together() {
    for (attribute, ways) in [
        (
            "retries = 5, attempt_timeout = \"30s\", timeout = \"60s\"",
            "`concurrency = 10` and `timeout = \"187s\"`, or `timeout = \"746s\"` and `batch_size = 4`, or `concurrency = 10` and `retries = 0`",
        ),
        // Another visibility timeout would be another mistake.
        (
            "retries = 5, attempt_timeout = \"5s\", visibility_timeout = \"3m\"",
            "`concurrency = 10` and `retries = 4`, or `batch_size = 1` and `retries = 4`, or `concurrency = 10` and `attempt_timeout = \"3800ms\"`",
        ),
        (
            "attempt_timeout = \"20s\", timeout = \"21s\", batch_size = 1, retries = 1",
            "`timeout = \"41s\"`, or `retries = 0`, or `attempt_timeout = \"10s\"`",
        ),
        (
            "backoff = \"8s..10s\", concurrency = 4",
            "`concurrency = 10`, or `timeout = \"55s\"`, or `batch_size = 4`, or `retries = 1`, or `backoff = \"4900ms..4900ms\"`",
        ),
        // A tenth of what was asked for does not do.
        (
            "queue = \"o.fifo\", allow = \"fifo_dlq_order\", backoff = \"300s..300s\", retries = 1, timeout = \"1s\", visibility_timeout = \"6s\"",
            "`backoff = \"90ms..90ms\"`",
        ),
    ] {
        let messages = messages(attribute);
        let [message] = messages.as_slice() else {
            panic!("one mistake in {attribute}, not {messages:?}");
        };
        let offered = message.split_once("; write ").map(|(_, offered)| offered);
        assert_eq!(offered, Some(ways), "{attribute}");
    }
}

#[test]
fn all_messages_of_a_fifo_batch_may_be_of_one_group() {
    let fifo = "queue = \"o.fifo\", allow = \"fifo_dlq_order\", concurrency = 10, retries = 3, attempt_timeout = \"5s\"";
    let messages = messages(fifo);
    let [message] = messages.as_slice() else {
        panic!("one mistake, not {messages:?}");
    };
    assert!(
        message.contains("3 min 34.5 s") && !message.contains("`concurrency ="),
        "{message}"
    );
    assert_eq!(
        rules(&format!("{fifo}, timeout = \"215s\"")),
        Vec::<&str>::new()
    );
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
        let message = warning
            .unwrap_or_else(|| panic!("a warning of {days}"))
            .message();
        let (numbers, names) = message
            .strip_prefix('`')
            .and_then(|message| message.split_once("` counts"))
            .and_then(|(numbers, rest)| {
                Some((numbers, rest.split_once("write `")?.1.split('`').next()?))
            })
            .expect("numbers and names");
        let named = parse(&attribute.replace(&format!("* {numbers}"), &format!("* {names}")));
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
