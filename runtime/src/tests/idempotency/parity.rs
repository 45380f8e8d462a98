//! The rules of Powertools' idempotency (Python, `utilities/idempotency` at
//! aws-powertools/powertools-lambda-python@0046b7f6 and @03f7dcd3), one a row: equal, or
//! better with the reason.

use super::*;

/// What becomes of a record.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum End {
    /// It is run.
    Runs,
    /// It is completed without being run.
    Skipped,
    /// It fails without being run.
    Fails,
}
use End::{Fails, Runs, Skipped};

struct Row {
    rule: &'static str,
    /// What is known of the key: its state, the end of its lease and its expiry, both in
    /// seconds from now.
    known: Option<(State, i64, i64)>,
    /// Whether its body is the same, and what happens if it is not.
    body: Body,
    powertools: End,
    /// Where it differs: what happens here, and why that is better.
    here: Option<(End, &'static str)>,
}

#[derive(Clone, Copy)]
enum State {
    Claimed,
    /// By the same request and message.
    Own,
    Completed,
}
use State::{Claimed as InProgress, Completed, Own};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Same,
    /// Without `payload_validation_jmespath`.
    Other,
    /// With it.
    Validated,
}

const ROWS: [Row; 11] = [
    row("a new key", None, Body::Same, Runs),
    row("completed", Some((Completed, 0, 60)), Body::Same, Skipped),
    row(
        "completed, expired",
        Some((Completed, 0, -1)),
        Body::Same,
        Runs,
    ),
    row("in progress", Some((InProgress, 20, 60)), Body::Same, Fails),
    row(
        "in progress, timed out",
        Some((InProgress, -1, 60)),
        Body::Same,
        Runs,
    ),
    row(
        "in progress, expired",
        Some((InProgress, 20, -1)),
        Body::Same,
        Runs,
    ),
    row(
        "completed, other payload",
        Some((Completed, 0, 60)),
        Body::Other,
        Skipped,
    ),
    row(
        "completed, validated payload",
        Some((Completed, 0, 60)),
        Body::Validated,
        Fails,
    ),
    row(
        "in progress, other payload",
        Some((InProgress, 20, 60)),
        Body::Other,
        Fails,
    ),
    row(
        "timed out, validated payload",
        Some((InProgress, -1, 60)),
        Body::Validated,
        Runs,
    ),
    Row {
        here: Some((
            Runs,
            "the answer to the own first claim was lost: Powertools takes it for another's, and the record fails",
        )),
        ..row(
            "in progress, claimed by this run",
            Some((Own, 20, 60)),
            Body::Same,
            Fails,
        )
    },
];

const fn row(
    rule: &'static str,
    known: Option<(State, i64, i64)>,
    body: Body,
    powertools: End,
) -> Row {
    Row {
        rule,
        known,
        body,
        powertools,
        here: None,
    }
}

fn after(seconds: i64) -> SystemTime {
    match u64::try_from(seconds) {
        Ok(seconds) => noon() + Duration::from_secs(seconds),
        Err(_) => noon() - Duration::from_secs(seconds.unsigned_abs()),
    }
}

#[test]
fn each_rule_is_that_of_powertools_or_better() {
    for row in ROWS {
        let store = InMemory::new();
        let known_as = |owner: &str, lease_end, expires| Claim {
            owner: owner.to_owned(),
            lease_end,
            expires,
            now: noon() - 60 * MINUTE,
            ..others("1", MINUTE)
        };
        if let Some((state, lease, expires)) = row.known {
            let owner = if matches!(state, Own) {
                "this"
            } else {
                "another"
            };
            let known = known_as(owner, after(lease), after(expires));
            wait(store.claim(&known));
            if matches!(state, Completed) {
                assert!(wait(store.complete(&known)));
            }
        }
        let claim = Claim {
            now: noon(),
            body: match row.body {
                Body::Same => others("1", MINUTE).body,
                Body::Other | Body::Validated => [1; 32],
            },
            ..known_as("this", after(30), after(3_600))
        };
        let end = match wait(store.claim(&claim)) {
            Claimed::Yes => Runs,
            Claimed::InProgress { .. } => Fails,
            Claimed::Completed { same_body } => match row.body == Body::Validated && !same_body {
                true => Fails,
                false => Skipped,
            },
        };
        match row.here {
            None => assert_eq!(end, row.powertools, "{}", row.rule),
            Some((here, why)) => {
                assert_eq!(end, here, "{}: {why}", row.rule);
                assert_ne!(here, row.powertools, "{}", row.rule);
            }
        }
    }
}

/// Powertools' `save_success` and `delete_record` have no condition
/// (powertools-lambda-typescript#5675); `a_late_run_changes_nothing_of_another` is the
/// rule here. A failed function releases its key in both, and a claim that cannot be made
/// fails the record in both: `a_record_that_fails_is_released` and
/// `without_its_store_a_record_fails_and_the_others_do_not_wait_for_it`. A message
/// without a key runs with a warning in Powertools, so that its copies all run:
/// `a_message_without_a_key_fails`.
#[test]
fn the_same_rules_hold_for_a_batch() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    let report = batch(&shipped, store)
        .message(order("1", ""))
        .message(order("1", ""))
        .message(order("2", "fail"))
        .message(order("2", ""))
        .run();

    assert_eq!(report.failed(), ["m3"]);
    assert_eq!(report.duplicates(), ["m2"]);
    assert_eq!(shipped.ids(), ["1", "2"]);
}
