//! Random batches on virtual time, against a model of the rules.
//!
//! A batch whose records run one after another must go exactly as the model's
//! simulation. Of one that runs in lanes the model foresees the outcomes that
//! there is surely time for; and whatever there is time for, each outcome must
//! be the record's own or have its reason in what was seen.

mod case;
mod model;
mod run;

use std::collections::BTreeMap;

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use self::{
    case::{Case, Dlq, case},
    model::{Fate, Outcome, alone, attempt, foreseen, longest_wait, simulate},
    run::{Ran, What, millis, run},
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_keeps_the_rules(case in case()) {
        let ran = run(&case);

        check_answer(&case, &ran);
        check_limits(&case, &ran);
        check_outcomes(&case, &ran);
        check_delays(&case, &ran);
        if case.fifo {
            check_order(&case, &ran);
        }
        if case.is_serial() {
            check_simulated(&case, &ran);
        } else {
            check_foreseen(&case, &ran);
        }
    }
}

/// Reported is what was not completed, each id once, in record order. What was sent to
/// the DLQ is not, nor another record with its id.
fn check_answer(case: &Case, ran: &Ran) {
    let is_in_dlq = |id: &str| ran.in_dlq.iter().any(|index| case.records[*index].id == id);
    let mut ids: Vec<&str> = Vec::new();
    for (index, record) in case.records.iter().enumerate() {
        let is_reported = !ran.completed.contains(&index) && !is_in_dlq(&record.id);
        if is_reported && !ids.contains(&&*record.id) {
            ids.push(&record.id);
        }
    }
    assert_eq!(ran.report.failed(), ids);

    let total = !case.records.is_empty() && ran.completed.is_empty();
    match ran.report.error() {
        Some(error) => {
            assert!(total && case.error_if_all_fail, "{error}");
            for id in ids {
                assert!(error.contains(&format!("{id} (")), "{id}: {error}");
            }
        }
        None => {
            assert!(!(total && case.error_if_all_fail));
            let failures: Vec<_> = ids
                .into_iter()
                .map(|id| serde_json::json!({"itemIdentifier": id}))
                .collect();
            assert_eq!(
                ran.report.answer().unwrap(),
                serde_json::json!({"batchItemFailures": failures})
            );
        }
    }
}

/// Never over time, too many at once, or an attempt that does not count.
fn check_limits(case: &Case, ran: &Ran) {
    let latest = match ran.report.delays() {
        [] => case.cut(),
        _ => case.answer_by(),
    };
    assert!(millis(ran.report.elapsed()) <= latest);

    let mut starts = vec![0; case.records.len()];
    let mut running = 0;
    for event in &ran.events {
        match event.what {
            What::Start => {
                assert!(event.at < case.cut());
                starts[event.record] += 1;
                running += 1;
            }
            What::Ok => {}
            What::End => running -= 1,
        }
        assert!(event.at <= case.cut());
        assert!(running <= case.concurrency);
    }
    for ((starts, fate), record) in starts.iter().zip(&ran.fates).zip(&case.records) {
        let unseen = u32::from(record.malformed && fate.attempts > 0);
        assert_eq!(starts + unseen, fate.attempts);
    }
}

/// Each record ended as it does alone, or there was no time, or it was behind a
/// failure.
fn check_outcomes(case: &Case, ran: &Ran) {
    let ended_early = millis(ran.report.elapsed()) < case.cut();
    for (index, (record, fate)) in case.records.iter().zip(&ran.fates).enumerate() {
        let alone = alone(case, record).fate;
        match fate.outcome {
            Outcome::Failed(why) if matches!(alone.outcome, Outcome::InDlq(_)) => {
                assert_eq!(Outcome::InDlq(why), alone.outcome);
                assert!(!ended_early, "there was time to send {index}");
            }
            Outcome::Done | Outcome::InDlq(_) | Outcome::Failed(_) => assert_eq!(*fate, alone),
            Outcome::OutOfTime { .. } if fate.attempts == 0 => {
                assert!(!ended_early, "there was time for {index}");
            }
            Outcome::OutOfTime { last } => {
                assert!(fate.attempts <= alone.attempts);
                let before = match fate.attempts {
                    1 => None,
                    number => attempt(case, record, number - 1).result.err(),
                };
                let newest = attempt(case, record, fate.attempts);
                let (_, start) = ran
                    .starts()
                    .filter(|start| start.0 == index)
                    .last()
                    .unwrap();
                match newest.millis.map(|millis| start + millis) {
                    // Its wait would have been too long.
                    Some(end) if end <= case.cut() => {
                        assert!(fate.attempts <= case.retries);
                        assert_eq!(last, newest.result.err());
                        assert!(end + longest_wait(case, fate.attempts) >= case.cut());
                    }
                    // It was cut off.
                    _ => {
                        assert_eq!(last, before);
                        assert!(!ended_early);
                    }
                }
            }
            Outcome::NotRun => {
                let failed = |before: usize| !ran.completed.contains(&before);
                let stopped = case.fifo && case.stop_batch && has_failed(ran);
                assert!(stopped || case.before_in_group(index).any(failed));
            }
        }
    }
}

/// Whether any record failed by itself, not because it or others were cut off.
fn has_failed(ran: &Ran) -> bool {
    ran.fates.iter().any(|fate| {
        matches!(
            fate.outcome,
            Outcome::Failed(_) | Outcome::OutOfTime { last: Some(_) }
        )
    })
}

/// What is reported is delayed as its receives say, a group as its first.
fn check_delays(case: &Case, ran: &Ran) {
    let Some((min, max, _)) = case.queue_backoff else {
        assert!(ran.report.delays().is_empty());
        return;
    };
    let mut of_group = BTreeMap::new();
    let mut delays = Vec::new();
    for (index, record) in case.records.iter().enumerate() {
        if ran.completed.contains(&index) {
            continue;
        }
        // SQS takes twelve hours from the receive, which is taken to be six
        // hours past at most; a minute is kept.
        let past = 6 * 3_600 * u64::from(record.first_received_long_ago);
        let own = (u64::from(min) << (record.receive_count - 1).min(30))
            .min(max.into())
            .min(12 * 3_600 - 60 - past);
        let delay = match record.group {
            Some(group) if case.fifo => *of_group.entry(group).or_insert(own),
            _ => own,
        };
        delays.push((
            format!("receipt-{}", index + 1),
            u32::try_from(delay).unwrap(),
        ));
    }
    assert_eq!(ran.report.delays(), delays);
}

/// A group's records start when those before are completed; with `stop_batch`
/// none does after a failure.
fn check_order(case: &Case, ran: &Ran) {
    let dlq = case.dlq.map_or(0, Dlq::longest);
    // When a record was done with, or sent to the DLQ, as far as the function
    // can see: it does not see a malformed one.
    let ended = |record: usize| Some((ran.last(record)?, ran.events[ran.last(record)?].at));
    for (place, event) in ran.events.iter().enumerate() {
        if event.what != What::Start {
            continue;
        }
        for before in case.before_in_group(event.record) {
            assert!(ran.completed.contains(&before));
            let Some((end, at)) = ended(before) else {
                continue;
            };
            assert!(end < place);
            if ran.sent.contains(&before) {
                assert!(at + dlq <= event.at);
            }
        }
        if !case.stop_batch {
            continue;
        }
        for other in (0..case.records.len()).filter(|other| !ran.completed.contains(other)) {
            let Some((end, at)) = ended(other).filter(|_| other != event.record) else {
                continue;
            };
            let is_permanent =
                matches!(ran.fates[other].outcome, Outcome::Failed(why) if why.is_permanent());
            let attempt = ran.events[..place]
                .iter()
                .any(|earlier| earlier.record == event.record);
            // Those that had begun go on.
            if attempt || (is_permanent && dlq > 0 && at + dlq >= event.at) {
                continue;
            }
            assert!(end > place, "{} starts after {other} failed", event.record);
        }
    }
}

fn check_simulated(case: &Case, ran: &Ran) {
    let simulation = simulate(case);

    assert_eq!(ran.fates, simulation.fates);
    assert_eq!(ran.starts().collect::<Vec<_>>(), simulation.starts);
    let end = match case.queue_backoff {
        Some((_, _, millis)) if !ran.report.delays().is_empty() => {
            (simulation.end + millis).min(case.answer_by())
        }
        _ => simulation.end,
    };
    assert_eq!(millis(ran.report.elapsed()), end);
}

fn check_foreseen(case: &Case, ran: &Ran) {
    let may_stop = case.fifo && case.stop_batch && has_failed(ran);
    for (index, fate) in foreseen(case).into_iter().enumerate() {
        let stopped = may_stop && ran.fates[index] == Fate::NOT_RUN;
        if let Some(fate) = fate.filter(|_| !stopped) {
            assert_eq!(ran.fates[index], fate, "record {index}");
        }
    }
}

/// A test is worth what its cases are.
#[test]
fn the_cases_hold_what_they_should() {
    let mut runner = TestRunner::deterministic();
    let mut shares = BTreeMap::<&str, (u32, u32)>::new();
    let mut count = |name, holds| {
        let (held, of) = shares.entry(name).or_default();
        *held += u32::from(holds);
        *of += 1;
    };
    for _ in 0..1_000 {
        let case = case().new_tree(&mut runner).unwrap().current();
        count("serial", case.is_serial());
        let foreseen = foreseen(&case);
        if !case.is_serial() {
            for fate in &foreseen {
                count("foreseen in lanes", fate.is_some());
            }
            let mut certain = foreseen.iter().flatten();
            let hangs = |fate: &Fate| {
                matches!(fate.outcome, Outcome::OutOfTime { .. }) && fate.attempts > 0
            };
            count(
                "lanes that go on beside one that hangs",
                certain.clone().any(hangs) && certain.any(|fate| fate.is_completed()),
            );
            count(
                "groups behind a failure",
                foreseen.contains(&Some(Fate::NOT_RUN)),
            );
            continue;
        }
        let simulation = simulate(&case);
        for fate in &simulation.fates {
            count("done", fate.outcome == Outcome::Done);
            count("done by retries", fate.is_completed() && fate.attempts > 1);
            count("in the DLQ", matches!(fate.outcome, Outcome::InDlq(_)));
            count(
                "out of time",
                matches!(fate.outcome, Outcome::OutOfTime { .. }),
            );
            count("not run", fate.outcome == Outcome::NotRun);
        }
        // Where records are taken one by one both models speak of the same.
        if !case.fifo {
            for (foreseen, simulated) in foreseen.iter().zip(&simulation.fates) {
                assert!(foreseen.is_none_or(|fate| fate == *simulated));
            }
        }
    }
    for (name, (held, of)) in shares {
        assert!(held * 50 >= of, "{name}: {held} of {of}");
    }
}
