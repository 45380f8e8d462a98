//! What a record that succeeds costs in allocations, however many there are.
//!
//! The only test of its binary: the allocator that counts is the whole
//! process's.

use std::{
    alloc::System,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use redrive::testing::Batch;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

#[derive(serde::Deserialize)]
struct Order {
    quantity: u64,
}

/// Allocations of one invocation.
struct Cost {
    /// Until the first call of the function: the event is read.
    before: usize,
    /// From the first call to the last: of all records but the first.
    between: usize,
}

fn event(records: usize, body: &str, queue: &str) -> String {
    let records: Vec<_> = (0..records)
        .map(|number| {
            serde_json::json!({
                "messageId": format!("059f36b4-87a3-44ab-83d2-{number:012}"),
                "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1545082649183",
                    "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                    "ApproximateFirstReceiveTimestamp": "1545082649185",
                    "MessageGroupId": (number % 7).to_string(),
                },
                "messageAttributes": {},
                "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
                "eventSource": "aws:sqs",
                "eventSourceARN": format!("arn:aws:sqs:us-east-2:123456789012:{queue}"),
                "awsRegion": "us-east-2",
            })
        })
        .collect();
    serde_json::json!({ "Records": records }).to_string()
}

fn cost<M: redrive::FromMessage + Send>(
    records: usize,
    batch: Batch,
    quantity: fn(M) -> u64,
) -> Cost {
    let calls = AtomicUsize::new(0);
    let [first, last] = [AtomicUsize::new(0), AtomicUsize::new(0)];
    let start = allocations();
    let report = batch.run(async |message: M| {
        let now = allocations();
        if calls.fetch_add(1, Relaxed) == 0 {
            first.store(now, Relaxed);
        }
        last.fetch_max(now, Relaxed);
        // So that the lanes take turns.
        tokio::time::sleep(Duration::from_millis(1)).await;
        match quantity(message) {
            3 => Ok(()),
            _ => Err("not what was sent"),
        }
    });
    assert_eq!(report.error(), None);
    assert!(report.failed().is_empty());
    assert_eq!(calls.into_inner(), records);
    let [first, last] = [first.into_inner(), last.into_inner()];
    Cost {
        before: first - start,
        between: last - first,
    }
}

#[test]
fn a_record_costs_the_same_in_any_batch() {
    let json = r#"{"quantity":3,"id":1,"sku":"lamp"}"#;
    let unknown_first = r#"{"id":1,"sku":"lamp","quantity":3}"#;
    let alone: fn(Batch) -> Batch = |batch| batch;
    let in_lanes: fn(Batch) -> Batch = |batch| {
        batch
            .concurrency(10)
            .retries(3)
            .attempt_timeout(Duration::from_secs(1))
    };
    // One for a body with escapes, to undo them. One more if the first key is not a
    // field, to look for another that is.
    for (name, body, queue, settings, groups, running) in [
        ("one by one", json, "orders", alone, 0, 1),
        ("in lanes", json, "orders", in_lanes, 0, 1),
        ("groups one by one", json, "orders.fifo", alone, 7, 1),
        ("groups in lanes", json, "orders.fifo", in_lanes, 7, 1),
        ("an unknown key first", unknown_first, "orders", alone, 0, 2),
        ("without escapes", "3", "orders", in_lanes, 0, 0),
    ] {
        let cost = |records| {
            let batch = settings(
                Batch::event(event(records, body, queue)).timeout(Duration::from_secs(900)),
            );
            let cost = match body {
                "3" => cost(records, batch, |quantity: u64| quantity),
                _ => cost(records, batch, |order: Order| order.quantity),
            };
            assert_eq!(
                cost.between,
                running * (records - 1),
                "{name}: of {records} records"
            );
            cost.before
        };
        let [few, many] = [100, 10_000].map(cost);
        println!(
            "{name}: {running} for each record; {few} before the first of 100, {many} of 10,000"
        );
        // Lists that hold the whole batch double until they are long enough:
        // of the records, of their groups, and of the records of each group.
        let lists = 2 + groups;
        let doublings = 7;
        let most = few + lists * doublings;
        assert!(many <= most, "{name}: {many} > {most}");
    }
}
