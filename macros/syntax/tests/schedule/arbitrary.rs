//! Any text. What must hold for each is in `property.rs`, which the fuzz target
//! `schedule` shares.

use crate::property::{LONGEST, check, check_in, check_text};
use crate::seeds;
use proptest::prelude::*;

/// Without files of earlier failures: a failure becomes its own test.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(cases(1000))]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn any_body(name in "cron|rate|at|@|", body in any::<String>()) {
        check(&format!("{name}({body})"));
    }

    #[test]
    fn text_of_the_grammars_own_characters(
        fields in proptest::collection::vec("[0-9*/,#?LWSUNMOJA-]{1,6}|[0-9]{1,5}|[*?]|é", 3..8),
    ) {
        let body = fields.join(" ");
        check(&format!("cron({body})"));
        check(&body);
    }

    #[test]
    fn any_rate(body in "[0-9]{1,25} (minute|hour|day|week|sec|[a-zé]{1,5})s?") {
        check(&format!("rate({body})"));
    }
}

proptest! {
    // Each searches all names for the nearest one.
    #![proptest_config(cases(200))]

    #[test]
    fn any_zone(text in any::<String>()) {
        check_in("rate(1 day)", &text, "2026-01-01T00:00:00Z");
    }
}

#[test]
fn each_seed_of_the_fuzz_target() {
    seeds::each("schedule", LONGEST, check_text);
}
