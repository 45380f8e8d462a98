//! Random batches on virtual time, against a model of the rules.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
    time::Duration,
};

use proptest::{collection::vec, prelude::*};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use crate::{
    failure::Permanent,
    handler::BoxError,
    testing::{Batch, Report, TestMessage},
};

/// What a record's function does: fails so often, then ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Script {
    index: usize,
    millis: u64,
    failures: u32,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum End {
    Ok,
    Permanent,
    Panic,
    Hang,
}

#[derive(Clone, Debug)]
struct Case {
    records: Vec<Record>,
    fifo: bool,
    stop_batch: bool,
    concurrency: u32,
    retries: u32,
    backoff: (u64, u64),
    timeout: u32,
    remaining_percent: u32,
    attempt_timeout: Option<u64>,
    seed: u64,
}

#[derive(Clone, Debug)]
struct Record {
    id: String,
    group: u8,
    malformed: bool,
    script: Script,
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        6 => Just(End::Ok),
        1 => Just(End::Permanent),
        1 => Just(End::Panic),
        1 => Just(End::Hang),
    ]
}

prop_compose! {
    fn record()(
        id in 0..200_u8,
        group in 0..4_u8,
        malformed in prop::bool::weighted(0.1),
        millis in 0..3_000_u64,
        failures in prop_oneof![3 => Just(0_u32), 2 => 0..5_u32],
        end in end(),
    ) -> Record {
        Record {
            id: format!("m{id}"),
            group,
            malformed,
            script: Script { index: 0, millis, failures, end },
        }
    }
}

prop_compose! {
    fn case()(
        mut records in vec(record(), 0..20),
        fifo: bool,
        stop_batch: bool,
        concurrency in 1..6_u32,
        retries in 0..4_u32,
        backoff in (1..500_u64, 500..4_000_u64),
        timeout in 1..40_u32,
        remaining_percent in 1..=100_u32,
        attempt_timeout in prop::option::of(1..3_000_u64),
        seed: u64,
    ) -> Case {
        for (index, record) in records.iter_mut().enumerate() {
            record.script.index = index;
        }
        Case {
            records, fifo, stop_batch, concurrency, retries, backoff, timeout,
            remaining_percent, attempt_timeout, seed,
        }
    }
}

/// What happened, seen from inside the function.
#[derive(Debug, Default)]
struct Seen {
    /// Record, in the order of starts, with the moment.
    starts: Vec<(usize, Duration)>,
    completed: BTreeSet<usize>,
    running: BTreeSet<usize>,
    most_at_once: usize,
}

/// Removes a record that is dropped while it runs.
struct Running<'s>(&'s Mutex<Seen>, usize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Ok(mut seen) = self.0.lock() {
            seen.running.remove(&self.1);
        }
    }
}

fn remaining(case: &Case) -> Duration {
    Duration::from_secs(case.timeout.into()) * case.remaining_percent / 100
}

fn run(case: &Case) -> (Seen, Report) {
    let seen = Mutex::new(Seen::default());
    let first = Mutex::new(None);
    let mut batch = if case.fifo {
        Batch::fifo()
    } else {
        Batch::new()
    }
    .concurrency(case.concurrency)
    .retries(case.retries)
    .backoff(
        Duration::from_millis(case.backoff.0),
        Duration::from_millis(case.backoff.1),
    )
    .timeout_seconds(case.timeout)
    .remaining(remaining(case))
    .report_total_failure()
    .seed(case.seed);
    if case.stop_batch {
        batch = batch.stop_batch();
    }
    if let Some(limit) = case.attempt_timeout {
        batch = batch.attempt_timeout(Duration::from_millis(limit));
    }
    for record in &case.records {
        let message = match record.malformed {
            true => TestMessage::text("{"),
            false => TestMessage::json(&record.script),
        };
        batch = batch.message(message.id(&record.id).group(record.group.to_string()));
    }
    let report = batch.run(async |script: Script| -> Result<(), BoxError> {
        let start = *first.lock().unwrap().get_or_insert_with(Instant::now);
        let attempt = {
            let mut seen = seen.lock().unwrap();
            seen.starts.push((script.index, start.elapsed()));
            seen.running.insert(script.index);
            seen.most_at_once = seen.most_at_once.max(seen.running.len());
            seen.starts
                .iter()
                .filter(|(index, _)| *index == script.index)
                .count()
        };
        let _running = Running(&seen, script.index);
        sleep(Duration::from_millis(script.millis)).await;
        if attempt <= script.failures as usize {
            return Err("not yet".into());
        }
        match script.end {
            End::Ok => {
                seen.lock().unwrap().completed.insert(script.index);
                Ok(())
            }
            End::Permanent => Err(Permanent::new("never").into()),
            End::Panic => panic!("boom"),
            End::Hang => std::future::pending().await,
        }
    });
    (
        seen.into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner()),
        report,
    )
}

fn check(case: &Case) {
    let (seen, report) = run(case);
    let reported = report.failed();

    // Reported = not completed, each once, in record order.
    let mut expected: Vec<&str> = Vec::new();
    for (index, record) in case.records.iter().enumerate() {
        if !seen.completed.contains(&index) && !expected.contains(&&*record.id) {
            expected.push(&record.id);
        }
    }
    assert_eq!(reported, expected);

    // In time, and no attempt starts when time is up.
    let timeout = Duration::from_secs(case.timeout.into());
    let margin = (timeout / 10).min(Duration::from_millis(500));
    let work = remaining(case).saturating_sub(margin);
    let tick = Duration::from_millis(1);
    assert!(
        report.elapsed() <= work + tick,
        "{:?} > {work:?}",
        report.elapsed()
    );
    for (_, start) in &seen.starts {
        assert!(*start < work + tick);
    }

    // Never too many at once, never too often, never after it is hopeless.
    assert!(seen.most_at_once <= case.concurrency as usize);
    let mut starts = BTreeMap::<usize, u32>::new();
    for (index, _) in &seen.starts {
        *starts.entry(*index).or_default() += 1;
    }
    for (index, record) in case.records.iter().enumerate() {
        let times = starts.get(&index).copied().unwrap_or(0);
        let most = match record.script.end {
            _ if record.malformed => 0,
            End::Ok | End::Permanent if case.attempt_timeout.is_none() => {
                record.script.failures.min(case.retries) + 1
            }
            _ => case.retries + 1,
        };
        assert!(times <= most, "record {index}: {times} > {most}");
    }

    if case.fifo {
        check_order(case, &seen);
    }
}

fn check_order(case: &Case, seen: &Seen) {
    for (position, (index, _)) in seen.starts.iter().enumerate() {
        let group = case.records[*index].group;
        for before in (0..*index).filter(|&before| case.records[before].group == group) {
            // What comes before in the group was completed, and is not run again.
            assert!(seen.completed.contains(&before));
            assert!(
                !seen.starts[position..]
                    .iter()
                    .any(|(later, _)| *later == before)
            );
        }
        if case.stop_batch && case.concurrency == 1 {
            assert!((0..*index).all(|before| seen.completed.contains(&before)));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_engine_keeps_the_rules(case in case()) {
        check(&case);
    }
}
