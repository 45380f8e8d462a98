//! `redrive_rounds` and `parking`.

use super::{parse, reported};

const DAILY: &str = "dlq_redrive = \"rate(1 day)\"";

#[test]
fn the_parking_queue_is_named_after_the_queue_or_the_function() {
    let arn = |name: &str| format!("arn:aws:sqs:eu-west-1:123456789012:{name}");
    for (attribute, name) in [
        ("queue = \"orders\"".to_owned(), "orders-parked"),
        (
            "queue = \"orders-${Stage}.fifo\", allow = \"fifo_dlq_order\"".to_owned(),
            "orders-${Stage}-parked.fifo",
        ),
        (format!("queue = \"{}\"", arn("bills")), "bills-parked"),
        // What the parameter holds is not known.
        (
            "queue = \"${QueueArn}\", dlq = \"${DlqArn}\", fifo = false".to_owned(),
            "process-order-parked",
        ),
        ("parking = \"given-up\"".to_owned(), "given-up"),
        (format!("parking = \"{}\"", arn("given-up")), "given-up"),
    ] {
        let function = parse(&format!("{attribute}, {DAILY}")).function;
        assert_eq!(function.parking_name(), name, "{attribute}");
        let exists = attribute.contains("parking = \"arn");
        assert_eq!(function.existing_parking().is_some(), exists, "{attribute}");
    }
}

#[test]
fn its_name_has_room_for_its_end() {
    let name = |length| format!("queue = \"{}\", {DAILY}", "q".repeat(length));
    assert_eq!(reported(&name(73)), Vec::<&str>::new());
    assert_eq!(reported(&name(74)), ["parking_queue"]);
}

#[test]
fn it_is_another_queue_whatever_else_is_wrong() {
    let others = [
        ("dlq_redrive = 5", "wrong_type"),
        ("on_permanent = \"delete\"", "unknown_choice"),
        ("fifo = 5, dlq_redrive = \"rate(1 day)\"", "wrong_type"),
        (
            "queue = \"arn:aws:sns:eu-west-1:123456789012:orders\", dlq_redrive = \"rate(1 day)\"",
            "queue_name",
        ),
        (
            "dlq_redrive = \"rate(1 day)\", batch_size = 100, batch_window = \"1s\"",
            "retry_budget",
        ),
    ];
    for (other, rule) in others {
        let dlq = format!("dlq = \"failed\", parking = \"failed\", {other}");
        assert_eq!(reported(&dlq), [rule, "parking_distinct"], "{dlq}");
    }
    for name in ["process-order-dlq", "process-order"] {
        let default = format!("parking = \"{name}\", dlq_redrive = 5");
        assert_eq!(reported(&default), ["wrong_type", "parking_distinct"]);
    }
    // Without it, nothing is parked either.
    let unused = "dlq = \"failed\", parking = \"failed\"";
    assert_eq!(reported(unused), ["parking_unused"]);
}

/// With a limit, and without one.
#[test]
fn rules_count_what_a_worker_needs_that_counts() {
    for (attribute, counted, unlimited) in [
        // A receive more of 3 min.
        ("retention = \"16m\"", &["expires_before_dlq"][..], &[][..]),
        ("retention = \"1081s\"", &[], &[]),
        // The longest call is 3 s: 10 × 2.65 s + 500 ms + 3 s.
        ("retries = 0, attempt_timeout = \"2650ms\"", &[], &[]),
        (
            "retries = 0, attempt_timeout = \"2660ms\"",
            &["retry_budget"],
            &[],
        ),
        ("vpc = true", &["vpc_endpoint"], &[]),
    ] {
        let limits = [("3", counted), ("\"unlimited\"", unlimited)];
        for (rounds, expected) in limits {
            let attribute = format!("{attribute}, {DAILY}, redrive_rounds = {rounds}");
            assert_eq!(reported(&attribute), expected, "{attribute}");
        }
    }
}
