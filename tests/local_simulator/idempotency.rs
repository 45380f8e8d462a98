//! Copies of completed messages, with `idempotent` and without.

use std::collections::BTreeMap;
use std::path::Path;

use redrive_local::EventKind;
use redrive_tests::workspace;
use serde_json::json;

use super::simulation::{self, Run};

/// Runs a function of the fixtures, whose messages have these ids; how often each had its
/// effect.
fn effects(
    function: &str,
    ids: impl IntoIterator<Item = u64>,
    message: impl Fn(u64, &Path) -> serde_json::Value,
    duplicates: bool,
) -> (BTreeMap<String, usize>, Run) {
    let folder = workspace::temporary();
    let file = folder.path().join("effects");
    let lines = ids
        .into_iter()
        .map(|id| message(id, &file).to_string() + "\n");
    let scenario: String = lines.collect();
    let options = |options: &mut redrive_local::SimulationOptions| options.duplicates = duplicates;
    let run = simulation::run_with("redrive-fixtures", function, |_| {}, options, &scenario);
    let mut effects = BTreeMap::new();
    for line in std::fs::read_to_string(&file).unwrap().lines() {
        *effects.entry(line.to_owned()).or_default() += 1;
    }
    (effects, run)
}

fn message(id: u64, file: &Path) -> serde_json::Value {
    json!({ "name": id.to_string(), "body": { "id": id, "file": file } })
}

/// How many deliveries were acknowledged without being processed.
fn copies(run: &Run) -> usize {
    let is_copy = |kind: &EventKind| matches!(kind, EventKind::Completed { attempt: 0, .. });
    run.events
        .iter()
        .filter(|event| is_copy(&event.kind))
        .count()
}

#[test]
fn a_message_that_is_delivered_twice_has_its_effect_once() {
    let (often, run) = effects("often", 0..40, message, true);
    let redelivered = run
        .events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Redelivered { .. }))
        .count();
    assert!(redelivered > 0);
    assert_eq!(often.values().sum::<usize>(), 40 + redelivered);

    let (once, run) = effects("once", 0..40, message, true);
    assert!(
        once.len() == 40 && once.values().all(|effects| *effects == 1),
        "{once:?}"
    );
    assert!(copies(&run) > 0);
    let completed = "completed in receive 1, attempt 1";
    let mut fates = run
        .summary
        .messages
        .iter()
        .map(|message| message.fate.describe());
    assert!(fates.all(|fate| fate == completed));
}

#[test]
fn a_message_that_its_sender_repeats_has_its_effect_once() {
    let repeated = |number: u64, file: &Path| {
        let body = json!({ "id": number % 3, "file": file });
        json!({ "name": number.to_string(), "body": body })
    };
    let (once, run) = effects("once", 0..12, repeated, false);
    assert_eq!(once.into_values().collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!(copies(&run), 9);
}

#[test]
fn a_crash_after_the_effect_is_the_gap_that_is_left() {
    let crash = |id: u64, file: &Path| json!({ "name": id.to_string(), "body": { "id": id, "file": file, "crash": true } });
    let (effects, run) = effects("once", 0..1, crash, false);
    assert_eq!(effects["0"], 2);
    // The claim of the first has ended with its invocation, by simulated time.
    let fate = run.summary.messages[0].fate.describe();
    assert_eq!(fate, "completed in receive 2, attempt 1");
}
