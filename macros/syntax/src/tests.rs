mod allow;
mod fixes;
mod keys;
mod rounds;

use std::time::Duration;

use proc_macro2::TokenStream;

use crate::Parsed;

fn parse(attribute: &str) -> Parsed {
    let item = "async fn process_order(order: Order) -> Result<(), Error> { Ok(()) }";
    let tokens = |text: &str| text.parse::<TokenStream>().expect("tokens");
    crate::parse(tokens(attribute), tokens(item))
}

fn rules(attribute: &str) -> Vec<&'static str> {
    parse(attribute)
        .diagnostics
        .errors()
        .map(|error| error.rule.id)
        .collect()
}

fn messages(attribute: &str) -> Vec<String> {
    parse(attribute)
        .diagnostics
        .errors()
        .map(|error| error.to_string())
        .collect()
}

#[test]
fn defaults_are_safe_in_production() {
    let parsed = parse("");
    assert!(parsed.diagnostics.iter().next().is_none());
    let function = parsed.function;
    assert_eq!(function.queue, "process-order");
    assert_eq!(function.dlq(), "process-order-dlq");
    let seconds = Duration::from_secs;
    assert_eq!(
        (function.batch_size, function.batch_window),
        (10, seconds(0))
    );
    assert_eq!(
        (function.timeout, function.visibility_timeout),
        (seconds(30), seconds(180))
    );
    assert_eq!(function.max_receive_count, 5);
    assert_eq!(
        (function.retention, function.dlq_retention),
        (seconds(345_600), seconds(1_209_600))
    );
    assert!(function.template && function.dlq_redrive.is_none());
}

#[test]
fn the_visibility_timeout_follows_timeout_and_window() {
    let function = parse("timeout = \"60s\", batch_window = \"20s\"").function;
    assert_eq!(function.visibility_timeout, Duration::from_secs(380));
}

#[test]
fn the_dlq_of_a_fifo_queue_is_one_too() {
    let function = parse("queue = \"orders.fifo\", allow = \"fifo_dlq_order\"").function;
    assert!(function.is_fifo());
    assert_eq!(function.dlq(), "orders-dlq.fifo");
}

/// Values at the edge of what is allowed, and just over it.
#[test]
fn boundaries_hold_on_both_sides() {
    let accepted = [
        "batch_size = 1",
        "batch_size = 10",
        "batch_size = 11, batch_window = \"1s\", concurrency = 11",
        "batch_size = 10000, batch_window = \"300s\", concurrency = 1000",
        "batch_window = \"0s\"",
        "batch_window = \"5m\"",
        "max_concurrency = 2",
        "max_concurrency = 1000",
        "pollers = \"2..2\"",
        "pollers = \"200..2000\"",
        "reserved_concurrency = 5",
        "reserved_concurrency = 2, max_concurrency = 2",
        "reserved_concurrency = 20, pollers = \"2..50\"",
        "alarms(oldest = \"345599s\")",
        "timeout = \"30m\", allow = \"timeout_over_15_min\"",
        "retries = 0",
        "retries = 10, backoff = \"1ms..1s\"",
        "concurrency = 10",
        "timeout = \"1s\", retries = 0",
        "timeout = \"900s\"",
        "timeout = \"15m\"",
        "memory = 128",
        "memory = 10240",
        "max_receive_count = 999",
        "visibility_timeout = \"12h\"",
        "retention = \"60s\", timeout = \"1s\", retries = 0",
        "retention = \"13d\"",
        "retention = \"16m\", queue_backoff = \"1s..1s\"",
        "retention = \"1151s\", queue_backoff = \"190s..190s\", batch_window = \"10s\"",
        "retention = \"1m\", dlq_retention = \"61s\", timeout = \"1s\", retries = 0",
        "dlq_retention = \"14d\"",
        "dlq_redrive = \"rate(1 day)\", redrive_max_per_second = 1",
        "dlq_redrive = \"rate(1 day)\", redrive_max_per_second = 500",
        "dlq_redrive = \"rate(9 days)\"",
        "dlq_redrive = \"rate(10 days)\", retention = \"345599s\"",
        "dlq_redrive = \"rate(10 days)\", dlq_retention = \"864001s\", queue = \"o.fifo\", allow = \"fifo_dlq_order\"",
        "queue_backoff = \"1s..12h\"",
        "queue_backoff = \"12h..12h\", retention = \"129421s\"",
        "queue_backoff = \"12h..12h\", max_receive_count = 8",
        "queue_backoff = \"1h..12h\", retention = \"1d\"",
        "queue = \"a\"",
        "backoff = \"1ms..1ms\"",
        "queue = \"orders.fifo\", batch_window = \"0s\", allow = \"fifo_dlq_order\"",
        "is_permanent = is_permanent::<Order, Error>, retries = 1,",
    ];
    for attribute in accepted {
        assert_eq!(messages(attribute), Vec::<String>::new(), "{attribute}");
        assert_eq!(
            parse(attribute)
                .diagnostics
                .warnings()
                .filter(|warning| !warning.accepted)
                .count(),
            0,
            "{attribute}"
        );
    }
    let refused = [
        ("batch_size = 0", "out_of_range"),
        ("batch_size = 10001", "out_of_range"),
        ("batch_size = 4294967296", "out_of_range"),
        ("batch_size = 99999999999999999999999", "out_of_range"),
        ("batch_window = \"301s\"", "out_of_range"),
        ("max_concurrency = 1", "out_of_range"),
        ("max_concurrency = 1001", "out_of_range"),
        ("pollers = \"1..2\"", "out_of_range"),
        ("pollers = \"2..1\"", "out_of_range"),
        ("pollers = \"201..300\"", "out_of_range"),
        ("pollers = \"2..10001\"", "out_of_range"),
        ("reserved_concurrency = 4", "reserved_concurrency"),
        (
            "reserved_concurrency = 19, pollers = \"2..50\"",
            "reserved_concurrency",
        ),
        ("alarms(oldest = \"4d\")", "alarm_oldest"),
        ("retries = 11", "out_of_range"),
        ("concurrency = 0", "out_of_range"),
        ("timeout = \"0s\"", "out_of_range"),
        ("timeout = \"1801s\"", "out_of_range"),
        ("memory = 127", "out_of_range"),
        ("memory = 10241", "out_of_range"),
        ("max_receive_count = 0", "out_of_range"),
        ("max_receive_count = 1000", "out_of_range"),
        ("visibility_timeout = \"43201s\"", "out_of_range"),
        ("retention = \"59s\"", "out_of_range"),
        ("dlq_retention = \"15d\"", "out_of_range"),
        ("retention = \"14d\"", "dlq_retention"),
        ("dlq_redrive = \"rate(10 days)\"", "redrive_gap"),
        (
            "dlq_redrive = \"cron(0 0 * * ? 2030,2199)\"",
            "redrive_year",
        ),
        (
            "dlq_redrive = \"rate(10 days)\", dlq_retention = \"864000s\", queue = \"o.fifo\", allow = \"fifo_dlq_order\"",
            "redrive_gap",
        ),
        (
            "dlq_redrive = \"rate(1 day)\", redrive_max_per_second = 0",
            "out_of_range",
        ),
        ("queue_backoff = \"500ms..1s\"", "out_of_range"),
        ("queue_backoff = \"1500ms..3s\"", "duration"),
        ("batch_size = 11, concurrency = 11", "batch_needs_window"),
        ("retention = \"15m\"", "expires_before_dlq"),
        // An invocation that crashes leaves the visibility timeout.
        (
            "retention = \"15m\", queue_backoff = \"1s..1s\"",
            "expires_before_dlq",
        ),
        // The wait begins when the invocation, and the window before it, have ended.
        (
            "retention = \"1150s\", queue_backoff = \"190s..190s\", batch_window = \"10s\"",
            "expires_before_dlq",
        ),
        (
            "queue_backoff = \"12h..12h\", retention = \"129420s\"",
            "expires_before_dlq",
        ),
        ("queue = \"\"", "queue_name"),
        (
            "queue = \".fifo\", allow = \"fifo_dlq_order\"",
            "queue_name",
        ),
        ("timeout = \"18446744073709551615d\"", "duration"),
    ];
    for (attribute, rule) in refused {
        assert_eq!(rules(attribute), [rule], "{attribute}");
    }
}

#[test]
fn a_queues_name_leaves_room_for_the_dlqs() {
    let name = |length| format!("queue = \"{}\"", "q".repeat(length));
    assert_eq!(rules(&name(76)), Vec::<&str>::new());
    assert_eq!(rules(&name(77)), ["queue_name"]);
}

#[test]
fn all_mistakes_are_reported_at_once_and_none_follows_from_another() {
    let attribute = "batchsize = 5, retries = \"3\", timeout = 30, memory = 64, visibility_timeout = \"1s\", dlq_redrive = \"cron(99 23 * * ? *)\", redrive_timezone = \"Mars/Base\"";
    let rules = rules(attribute);
    assert_eq!(
        rules,
        [
            "unknown_key",
            "duration",
            "wrong_type",
            "out_of_range",
            "schedule_field",
            "schedule_timezone"
        ]
    );
}

/// The rules of all errors and warnings that these options do not accept.
fn reported(attribute: &str) -> Vec<&'static str> {
    let parsed = parse(attribute);
    let warnings = parsed.diagnostics.warnings();
    let shown = warnings.filter(|warning| !warning.accepted);
    rules(attribute)
        .into_iter()
        .chain(shown.map(|warning| warning.rule.id))
        .collect()
}

#[test]
fn a_run_that_daylight_saving_skips_is_named() {
    let attribute =
        "dlq_redrive = \"cron(30 2 ? * SUN *)\", redrive_timezone = \"America/New_York\"";
    let message = messages(attribute).concat();
    assert!(
        message.starts_with("daylight saving skips a run"),
        "{message}"
    );
}

#[test]
fn a_wrong_signature_hides_no_wrong_setting() {
    let reported = |item: &str, attribute: &str| -> Vec<_> {
        let tokens = |text: &str| text.parse().expect("tokens");
        let diagnostics = crate::parse(tokens(attribute), tokens(item)).diagnostics;
        diagnostics.errors().map(|error| error.rule.id).collect()
    };
    for (item, rule) in [
        (
            "fn handle(order: Order) -> Result<(), Error> {}",
            "handler_async",
        ),
        (
            "async fn handle() -> Result<(), Error> {}",
            "handler_parameters",
        ),
        ("async fn handle(order: Order) {}", "handler_result"),
        (
            "#[tokio::main] async fn handle(order: Order) {}",
            "handler_main_macro",
        ),
        ("struct Order;", "handler_function"),
    ] {
        let both = reported(item, "timeout = \"60s\", visibility_timeout = \"59s\"");
        assert_eq!(both, [rule, "visibility_timeout"], "{item}");
        // The default of `queue` is the function's name.
        assert_eq!(reported(item, ""), [rule], "{item}");
    }
}

#[test]
fn a_weekday_of_a_month_is_one_mistake() {
    for days in ["6L", "3#2"] {
        let attribute = format!("dlq_redrive = \"cron(30 7 ? * {days} *)\"");
        assert_eq!(reported(&attribute), ["redrive_gap"], "{days}");
    }
}

/// 4 KB without the half that the template keeps, names and values together.
#[test]
fn variables_have_4096_bytes_as_json() {
    // {"PRICES":"…"}, and 149 bytes at most for REDRIVE_DLQ_URL.
    for (value, with, is_right) in [
        ("v".repeat(4_096 - 13), "", true),
        ("v".repeat(4_097 - 13), "", false),
        ("\\\"".repeat(2_041), "", true),
        ("\\\"".repeat(2_042), "", false),
        ("v".repeat(3_900), ", on_permanent = \"dlq\"", true),
        ("v".repeat(4_000), ", on_permanent = \"dlq\"", false),
    ] {
        let attribute = format!("env(PRICES = \"{value}\"){with}");
        let expected: &[&str] = if is_right { &[] } else { &["env_size"] };
        assert_eq!(rules(&attribute), expected, "{} bytes{with}", value.len());
    }
    let many: Vec<_> = (0..300)
        .map(|number| format!("V{number} = \"12345\""))
        .collect();
    assert_eq!(rules(&format!("env({})", many.join(", "))), ["env_size"]);
}

#[test]
fn a_role_has_10_policies() {
    let none: [&str; 0] = [];
    for (count, expected) in [(10, &none[..]), (11, &["policies_quota"])] {
        let arns: Vec<_> = (0..count)
            .map(|number| format!("\"arn:aws:iam::aws:policy/P{number}\""))
            .collect();
        let attribute = format!("policies = [{}]", arns.join(", "));
        assert_eq!(reported(&attribute), expected, "{count}");
    }
}

#[test]
fn a_policy_is_listed_once() {
    let twice = "policies = [\"arn:aws:iam::aws:policy/P\", \"arn:aws:iam::aws:policy/P\"]";
    assert_eq!(reported(twice), ["duplicate_key"]);
}

#[test]
fn no_more_is_handled_at_once_than_a_batch_holds() {
    let none: [&str; 0] = [];
    for (attribute, expected) in [
        ("batch_size = 4, concurrency = 4", &none[..]),
        (
            "batch_size = 4, concurrency = 5",
            &["concurrency_over_batch"],
        ),
        // The default is 1, as is a batch.
        ("batch_size = 1", &none),
    ] {
        assert_eq!(reported(attribute), expected, "{attribute}");
    }
}

#[test]
fn a_queues_name_is_ascii() {
    for name in [
        "größe",
        "注文",
        "orders-é.fifo",
        "orders\u{2010}new",
        "orders.fifo.fifo",
        "o\u{301}",
    ] {
        let attribute = format!("queue = \"{name}\", allow = \"fifo_dlq_order\"");
        assert_eq!(rules(&attribute), ["queue_name"], "{name}");
    }
    let item = "async fn größe(order: Order) -> Result<(), Error> {}";
    let parsed = |attribute: &str| {
        let tokens = |text: &str| text.parse().expect("tokens");
        crate::parse(tokens(attribute), tokens(item)).diagnostics
    };
    let errors = parsed("");
    let rules: Vec<_> = errors.iter().map(|one| one.rule.id).collect();
    assert_eq!(rules, ["queue_name"]);
    assert!(!parsed("queue = \"orders\"").has_errors());
}

#[test]
fn a_raw_identifier_is_the_name_behind_it() {
    let item = "async fn r#move(order: Order) -> Result<(), Error> {}"
        .parse()
        .expect("tokens");
    let parsed = crate::parse(TokenStream::new(), item);
    assert!(!parsed.diagnostics.has_errors());
    assert_eq!(parsed.function.name, "move");
    assert_eq!(parsed.function.queue, "move");
}

#[test]
fn the_longest_waits_double_up_to_the_cap() {
    let backoff = parse("backoff = \"1s..5s\", concurrency = 10")
        .function
        .backoff;
    assert_eq!(backoff.longest(5), Duration::from_secs(1 + 2 + 4 + 5 + 5));
}

#[test]
fn the_fingerprint_is_that_of_the_settings() {
    let fingerprint = |attribute| parse(attribute).function.fingerprint();
    assert_eq!(fingerprint("retries = 2"), fingerprint(""));
    assert_ne!(fingerprint("retries = 1"), fingerprint(""));
    assert_ne!(
        fingerprint("env(A1 = \"x\")"),
        fingerprint("env(A1 = \"y\")")
    );
}

#[test]
fn every_key_of_the_table_is_read() {
    for key in crate::keys::KEYS {
        let attribute = format!("{} = 1.5", key.name);
        assert!(
            !rules(&attribute).is_empty(),
            "`{}` accepts anything",
            key.name
        );
    }
}

#[test]
fn a_name_is_as_long_as_a_handler_may_be() {
    for (length, refused) in [(120, false), (121, true)] {
        let name = "n".repeat(length);
        let item = format!("async fn {name}(order: Order) -> Result<(), Error> {{}}");
        let errors = crate::parse(TokenStream::new(), item.parse().expect("tokens")).diagnostics;
        let found: Vec<_> = errors.errors().map(|error| error.rule.id).collect();
        assert_eq!(found.contains(&"handler_name_length"), refused, "{found:?}");
    }
}
