//! No text makes the parser panic, and every error points into the text.

use proptest::prelude::*;
use redrive_syntax::schedule::error::RULES;
use redrive_syntax::schedule::{Schedule, ScheduleError, timezone};

fn assert_points_into(text: &str, errors: &[ScheduleError]) {
    assert!(!errors.is_empty());
    for error in errors {
        assert!(
            text.get(error.span.clone()).is_some(),
            "{text:?}: {error:?}"
        );
        assert!(RULES.contains(&error.rule));
        assert!(!error.message.is_empty() && !error.message.ends_with('.'));
    }
}

fn check(text: &str) {
    let utc = timezone("UTC").unwrap();
    match Schedule::parse(text) {
        Ok(schedule) => {
            assert_eq!(schedule.as_str(), text);
            let _ = schedule.next_after("2026-01-01T00:00:00Z".parse().unwrap(), &utc);
            let _ = schedule.longest_gap();
            let berlin = timezone("Europe/Berlin").unwrap();
            let _ = schedule.longest_gap_in(&berlin);
            let _ = schedule.in_dst_gap(&berlin);
        }
        Err(errors) => assert_points_into(text, &errors),
    }
}

/// Without files of earlier failures: a failure becomes a test of its own.
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
        if let Err(error) = timezone(&text) {
            assert_points_into(&text, &[error]);
        }
    }
}
