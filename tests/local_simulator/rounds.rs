//! Bounded redrive: from the queue to the parking queue.

use redrive_local::{EventKind, Fate, TimelineEvent};

use crate::simulation::{Run, run};

fn rounds(function: &str, scenario: &str) -> Run {
    run("redrive-fixtures-rounds", function, |_| {}, scenario)
}

/// A message with `step` as JSON.
fn step(name: &str, step: &str) -> String {
    format!("{{\"name\":\"{name}\",\"body\":{step},\"group\":\"g\"}}\n")
}

const FAIL: &str = r#"{"fail":null}"#;
const ABORT: &str = r#"{"abort":null}"#;
const SUCCEED: &str = r#"{"succeed":null}"#;

fn whats<'a>(events: impl Iterator<Item = &'a TimelineEvent>) -> Vec<&'a str> {
    events.map(|event| event.kind.label()).collect()
}

/// The rounds of the copies that the worker sent.
fn sent_on(ended: &Run, name: &str) -> Vec<Option<u32>> {
    let rounds = ended.of(name).filter_map(|event| match event.kind {
        EventKind::Forwarded { round, .. } => Some(round),
        _ => None,
    });
    rounds.collect()
}

#[test]
fn a_message_that_never_succeeds_is_parked_after_its_last_round() {
    let scenario = step("poison", FAIL) + &step("late", r#"{"succeed_in_round":2}"#);
    let ended = rounds("rounds", &scenario);

    let round = ["failed", "sent to DLQ", "redriven"];
    let poison = [&["sent"][..], &round, &round, &["failed", "parked"]].concat();
    assert_eq!(whats(ended.of("poison")), poison);
    assert_eq!(sent_on(&ended, "poison"), [Some(1), Some(2), Some(3)]);
    let late = [&["sent"][..], &round, &round, &["completed"]].concat();
    assert_eq!(whats(ended.of("late")), late);
    let [poison, late] = &ended.summary.messages[..] else {
        panic!("two messages: {:?}", ended.summary);
    };
    assert!(matches!(poison.fate, Fate::Parked { .. }), "{poison:?}");
    assert_eq!(poison.fate.reason(), Some("failed in round 2"));
    // Two in each of three rounds.
    assert_eq!((poison.receives, poison.redrives), (6, 2));
    assert!(matches!(late.fate, Fate::Completed { receive: 1, .. }));
}

#[test]
fn a_message_that_ends_its_process_is_parked_too() {
    let ended = rounds("rounds", &step("crash", ABORT));

    let crash = &ended.summary.messages[0];
    assert!(matches!(crash.fate, Fate::Parked { .. }), "{crash:?}");
    assert_eq!(crash.fate.reason(), Some("invocation ended"));
    assert_eq!(sent_on(&ended, "crash"), [Some(1), Some(2), Some(3)]);
    // Two runs and the extra receive in each of three rounds.
    assert_eq!((crash.receives, crash.redrives), (9, 2));
    assert!(!whats(ended.of("crash")).contains(&"moved to DLQ"));
}

#[test]
fn a_group_continues_after_what_is_sent_on() {
    let scenario = step("poison", FAIL) + &step("after", SUCCEED);
    let ended = rounds("rounds_fifo", &scenario);

    let [poison, after] = &ended.summary.messages[..] else {
        panic!("two messages: {:?}", ended.summary);
    };
    assert!(matches!(poison.fate, Fate::Parked { .. }), "{poison:?}");
    assert_eq!(sent_on(&ended, "poison"), [Some(1), Some(2), Some(3)]);
    // In the invocation in which the message before it was sent on.
    assert!(
        matches!(after.fate, Fate::Completed { receive: 2, .. }),
        "{after:?}"
    );
}

#[test]
fn a_message_with_ten_attributes_of_its_own_is_parked_at_once() {
    let attributes: Vec<_> = (0..10)
        .map(|number| format!("\"a{number}\":\"v\""))
        .collect();
    let full = format!(
        "{{\"name\":\"full\",\"body\":{{\"fail\":null}},\"attributes\":{{{}}}}}\n",
        attributes.join(",")
    );
    let ended = rounds("rounds", &full);

    assert_eq!(whats(ended.of("full")), ["sent", "failed", "parked"]);
    assert_eq!(sent_on(&ended, "full"), [None]);
}
