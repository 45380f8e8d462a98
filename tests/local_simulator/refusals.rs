//! The worker's own calls to SQS: `on_permanent = "dlq"` and `queue_backoff`.

use redrive_local::{EventKind, Fate, TimelineEvent};
use redrive_syntax::Function;

use crate::simulation::{Run, run};

fn refusals(change: impl FnOnce(&mut Function), scenario: &str) -> Run {
    run("redrive-fixtures", "refusals", change, scenario)
}

/// A message with `step` as a JSON string.
fn step(name: &str, step: &str) -> String {
    format!("{{\"name\":\"{name}\",\"body\":\"\\\"{step}\\\"\",\"group\":\"g\"}}\n")
}

fn whats<'a>(events: impl Iterator<Item = &'a TimelineEvent>) -> Vec<&'a str> {
    events.map(|event| event.kind.label()).collect()
}

#[test]
fn a_refused_message_goes_to_the_dlq_at_once() {
    let ended = refusals(
        |_| {},
        &(step("good", "succeed") + &step("hopeless", "refuse")),
    );

    assert_eq!(whats(ended.of("good")), ["sent", "completed"]);
    assert_eq!(whats(ended.of("hopeless")), ["sent", "sent to DLQ"]);
    let hopeless = &ended.summary.messages[1];
    assert!(matches!(hopeless.fate, Fate::InDlq { .. }), "{hopeless:?}");
    assert_eq!(hopeless.fate.reason(), Some("asked to refuse"));
    assert_eq!(hopeless.receives, 1);
}

#[test]
fn a_fifo_dlq_takes_each_of_two_messages_that_are_alike() {
    let ended = refusals(
        |function| {
            function.queue = "refusals.fifo".into();
            function.batch_size = 1;
        },
        &(step("a", "refuse") + &step("b", "refuse")),
    );

    for message in &ended.summary.messages {
        assert!(matches!(message.fate, Fate::InDlq { .. }), "{message:?}");
        assert_eq!(whats(ended.of(&message.name)), ["sent", "sent to DLQ"]);
    }
}

#[test]
fn each_receive_waits_twice_as_long_as_the_last() {
    let ended = refusals(|_| {}, &step("a", "fail"));

    assert_eq!(
        whats(ended.of("a")),
        ["sent", "failed", "failed", "failed", "moved to DLQ"]
    );
    assert_eq!(ended.reasons("a"), ["asked to fail"; 3]);
    let failed: Vec<_> = ended
        .of("a")
        .filter(|event| matches!(event.kind, EventKind::Failed { .. }))
        .map(|event| event.time)
        .collect();
    // `queue_backoff = "1s..4s"`, and the time that the invocation took.
    for (times, wait) in failed.windows(2).zip([1.0, 2.0]) {
        let waited = times[1].duration_since(times[0]).as_secs_f64();
        assert!((wait - 0.1..wait + 5.0).contains(&waited), "{failed:?}");
    }
}

#[test]
fn a_message_after_a_failure_of_its_group_names_the_failed_one() {
    let ended = refusals(
        |function| function.queue = "refusals.fifo".into(),
        &(step("first", "fail") + &step("second", "succeed")),
    );

    assert_eq!(ended.reasons("first"), ["asked to fail"; 3]);
    let after = ended.reasons("second");
    assert_eq!(
        after[0],
        "not processed: first failed before it in its group"
    );
}
