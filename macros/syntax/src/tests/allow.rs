//! What `allow` accepts, and what it need not.

use super::{parse, reported};

#[test]
fn a_rule_is_allowed_once() {
    let twice = "max_receive_count = 4, allow = [\"receive_count_low\", \"receive_count_low\"]";
    assert_eq!(reported(twice), ["duplicate_key"]);
}

#[test]
fn what_is_allowed_is_broken() {
    for (attribute, expected) in [
        ("allow = \"receive_count_low\"", vec!["allow_unneeded"]),
        ("allow = \"handler_message_list\"", vec!["allow_unneeded"]),
        (
            "allow = [\"receive_count_low\", \"fifo_dlq_order\"]",
            vec!["allow_unneeded"],
        ),
        // The build decides.
        ("allow = \"panic_abort\"", vec![]),
        (
            "allow = [\"allow_unneeded\", \"receive_count_low\"]",
            vec![],
        ),
        // A mistake may hide what is allowed.
        (
            "max_receive_count = \"4\", allow = \"receive_count_low\"",
            vec!["wrong_type"],
        ),
        (
            "timeout = \"60s\", visibility_timeout = \"59s\", allow = \"visibility_recommended\"",
            vec!["visibility_timeout"],
        ),
    ] {
        assert_eq!(reported(attribute), expected, "{attribute}");
    }
}

#[test]
fn what_is_accepted_names_each_rule_once() {
    let parsed = parse("queue = \"o.fifo\", allow = \"fifo_dlq_order\"");
    let warnings: Vec<_> = parsed.diagnostics.warnings().collect();
    let [accepted] = warnings[..] else {
        panic!("one warning, not {warnings:?}");
    };
    let allow = "`allow = \"fifo_dlq_order\"`";
    assert!(
        accepted.to_string().matches(allow).count() == 1,
        "{accepted}"
    );
}

#[test]
fn the_rules_that_are_needed_stay_allowed() {
    let attribute = "max_receive_count = 4, allow = [\"fifo_dlq_order\", \"receive_count_low\", \"panic_abort\", \"redrive_dst_gap\"]";
    let parsed = parse(attribute);
    let warning = parsed
        .diagnostics
        .warnings()
        .find(|warning| !warning.accepted);
    assert_eq!(
        warning.map(ToString::to_string),
        Some(
            "unused `allow`: rules `fifo_dlq_order` and `redrive_dst_gap` are not violated [allow_unneeded]\n\
             help: write `allow = [\"receive_count_low\", \"panic_abort\"]`"
                .to_owned()
        )
    );
}
