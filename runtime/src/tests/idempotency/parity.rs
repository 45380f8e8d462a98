//! The rules of Powertools' idempotency, measured with version 3.37.0 for Python and moto's
//! DynamoDB, one a row: equal, or better with the reason.
//!
//! Two more have no row: Powertools' `save_success` and `delete_record` have no condition, so
//! that a late run completes or deletes what belongs to another
//! (<https://github.com/aws-powertools/powertools-lambda-typescript/issues/5675>). Here
//! `a_late_run_changes_nothing_of_another`.

use super::{store::Faulty, *};

/// What becomes of a delivery.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum End {
    /// It is run and acknowledged.
    Runs,
    /// It is run and fails.
    RunsAndFails,
    /// It is acknowledged without being run.
    Skipped,
    /// It fails without being run.
    Fails,
}
use End::{Fails, Runs, RunsAndFails, Skipped};

/// What happens here instead, and why that is better.
type Better<T> = Option<(T, &'static str)>;

/// What happens to a message of which something is known.
struct Known {
    rule: &'static str,
    /// The state of its key, the end of its lease and its expiry, both in seconds from now.
    state: Option<(State, i64, i64)>,
    body: Body,
    powertools: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Claimed,
    Completed,
}
use State::{Claimed as InProgress, Completed};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Same,
    /// Without `payload_validation_jmespath`.
    Other,
    /// With it.
    Validated,
}

#[rustfmt::skip]
const KNOWN: [Known; 11] = [
    known("new", None, Body::Same, Runs),
    known("completed", Some((Completed, 0, 60)), Body::Same, Skipped),
    known("completed, expired", Some((Completed, 0, -5)), Body::Same, Runs),
    known("completed, other payload", Some((Completed, 0, 60)), Body::Other, Skipped),
    known("completed, validated payload", Some((Completed, 0, 60)), Body::Validated, Fails),
    known("in progress", Some((InProgress, 20, 60)), Body::Same, Fails),
    known("in progress, other payload", Some((InProgress, 20, 60)), Body::Other, Fails),
    known("in progress, validated payload", Some((InProgress, 20, 60)), Body::Validated, Fails),
    known("timed out", Some((InProgress, -5, 60)), Body::Same, Runs),
    known("timed out, validated payload", Some((InProgress, -5, 60)), Body::Validated, Runs),
    known("in progress, expired", Some((InProgress, 20, -5)), Body::Same, Runs),
];

const fn known(
    rule: &'static str,
    state: Option<(State, i64, i64)>,
    body: Body,
    powertools: End,
) -> Known {
    Known {
        rule,
        state,
        body,
        powertools,
    }
}

fn after(seconds: i64) -> SystemTime {
    match u64::try_from(seconds) {
        Ok(seconds) => noon() + Duration::from_secs(seconds),
        Err(_) => noon() - Duration::from_secs(seconds.unsigned_abs()),
    }
}

/// What becomes of a message with this store.
fn deliver<const PERMANENT: bool>(store: impl Store, message: TestMessage) -> End {
    let shipped = Shipped::default();
    let report = Batch::of::<Ship<PERMANENT>>()
        .state(shipped.clone())
        .store(store)
        .at(noon())
        .message(message)
        .run();
    let has_failed = !report.failed().is_empty() || !report.sent_to_dlq().is_empty();
    match (shipped.calls.load(Relaxed) > 0, has_failed) {
        (true, false) => Runs,
        (true, true) => RunsAndFails,
        (false, false) => Skipped,
        (false, true) => Fails,
    }
}

#[test]
fn what_is_known_decides_as_in_powertools() {
    for row in KNOWN {
        let store = InMemory::new();
        if let Some((state, lease, expires)) = row.state {
            let known = Claim {
                body: Key::of("ship", "1", &super::body("1", "")).body,
                lease_end: after(lease),
                expires: after(expires),
                now: noon() - 60 * MINUTE,
                ..others("1", MINUTE)
            };
            wait(store.claim(&known));
            if state == Completed {
                assert!(wait(store.complete(&known)));
            }
        }
        let message = order("1", if row.body == Body::Same { "" } else { "other" });

        let end = match row.body {
            Body::Validated => deliver::<true>(store, message),
            _ => deliver::<false>(store, message),
        };

        assert_eq!(end, row.powertools, "{}", row.rule);
    }
}

/// What happens to a message and then to its copy.
struct Row {
    rule: &'static str,
    act: &'static str,
    /// The calls that fail, for the message alone.
    store: fn(InMemory) -> Faulty,
    powertools: (End, End),
    better: Better<(End, End)>,
}

const ROWS: [Row; 7] = [
    Row {
        rule: "the function fails",
        act: "fail",
        store: good,
        powertools: (RunsAndFails, Runs),
        better: None,
    },
    Row {
        rule: "the function panics, or raises a `BaseException`",
        act: "panic",
        store: good,
        powertools: (RunsAndFails, Fails),
        better: Some((
            (RunsAndFails, Runs),
            "the key is released, and no copy waits for the end of the lease",
        )),
    },
    Row {
        rule: "there is no key",
        act: "no key",
        store: good,
        powertools: (Runs, Runs),
        better: Some(((Fails, Fails), "its copies would all be run")),
    },
    Row {
        rule: "the key cannot be claimed",
        act: "",
        store: |inner| Faulty {
            claims_fail: true,
            ..good(inner)
        },
        powertools: (Fails, Runs),
        better: None,
    },
    Row {
        rule: "the answer to the claim is lost, and the client makes the call again",
        act: "",
        store: |inner| Faulty {
            claims_twice: true,
            ..good(inner)
        },
        powertools: (Fails, Fails),
        better: Some(((Runs, Skipped), "the claim is its own")),
    },
    Row {
        rule: "the key cannot be completed",
        act: "",
        store: |inner| Faulty {
            failing_completes: usize::MAX,
            ..good(inner)
        },
        powertools: (RunsAndFails, Fails),
        better: Some((
            (Runs, Fails),
            "its effect has happened, and after the lease it would be run again",
        )),
    },
    Row {
        rule: "the key cannot be released",
        act: "fail",
        store: |inner| Faulty {
            releases_fail: true,
            ..good(inner)
        },
        powertools: (RunsAndFails, Fails),
        better: None,
    },
];

fn good(inner: InMemory) -> Faulty {
    Faulty {
        inner,
        ..Faulty::default()
    }
}

#[test]
fn what_fails_is_left_as_in_powertools_or_better() {
    for row in ROWS {
        let store = InMemory::new();
        let (id, act) = match row.act {
            "no key" => ("", ""),
            act => ("1", act),
        };
        let first = deliver::<false>((row.store)(store.clone()), order(id, act));
        let copy = deliver::<false>(store, order(id, ""));

        let expected = row.better.map_or(row.powertools, |(here, _)| here);
        assert_eq!((first, copy), expected, "{}", row.rule);
        if let Some((here, why)) = row.better {
            assert_ne!(here, row.powertools, "{}: {why}", row.rule);
        }
    }
}
