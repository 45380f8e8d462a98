//! Records handled at once, and groups in order.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::time::sleep;

use crate::{
    message::Message,
    testing::{Batch, TestMessage},
};

#[test]
fn never_more_records_at_once_than_concurrency() {
    for concurrency in [1, 2, 7, 50, 500] {
        let running = AtomicU32::new(0);
        let most = AtomicU32::new(0);
        let batch = (0..50).fold(Batch::new(), |batch, _| batch.text("20"));
        let report = batch.concurrency(concurrency).run(async |ms: u64| {
            most.fetch_max(running.fetch_add(1, Relaxed) + 1, Relaxed);
            sleep(Duration::from_millis(ms)).await;
            running.fetch_sub(1, Relaxed);
            Ok::<_, String>(())
        });

        assert!(report.failed().is_empty());
        assert_eq!(most.into_inner(), concurrency.min(50));
        let rounds = 50_u32.div_ceil(concurrency);
        assert_eq!(report.elapsed(), rounds * Duration::from_millis(20));
    }
}

#[test]
fn groups_run_at_once_and_each_in_order() {
    let order = Mutex::new(BTreeMap::<String, Vec<u64>>::new());
    let batch = (0..9).fold(Batch::fifo(), |batch, index| {
        let group = ["A", "B", "C"][index % 3];
        // Later records are quicker, so that only the engine keeps the order.
        batch.message(TestMessage::json(&(100 - 10 * index)).group(group))
    });
    let report = batch.concurrency(3).run(async |message: Message<u64>| {
        sleep(Duration::from_millis(message.body)).await;
        let group = message.group_id.unwrap();
        order
            .lock()
            .unwrap()
            .entry(group)
            .or_default()
            .push(message.body);
        Ok::<_, String>(())
    });

    assert!(report.failed().is_empty());
    for (group, bodies) in order.into_inner().unwrap() {
        assert!(bodies.is_sorted_by(|a, b| a > b), "{group}: {bodies:?}");
        assert_eq!(bodies.len(), 3);
    }
    assert_eq!(report.elapsed(), Duration::from_millis(100 + 70 + 40));
}

#[test]
fn a_group_is_given_up_only_after_its_retries() {
    let calls = AtomicU32::new(0);
    let report = Batch::fifo()
        .message(TestMessage::text("1").group("A"))
        .message(TestMessage::text("2").group("A"))
        .retries(2)
        .run(async |number: u8| {
            if number == 1 && calls.fetch_add(1, Relaxed) < 2 {
                return Err("not yet");
            }
            Ok(())
        });

    assert!(report.failed().is_empty());
    assert_eq!(report.attempts("m1"), 3);
}

#[test]
fn stop_batch_starts_nothing_after_a_failure() {
    let report = Batch::fifo()
        .message(TestMessage::text("10").group("A"))
        .message(TestMessage::text("50").group("B"))
        .message(TestMessage::text("0").group("A"))
        .message(TestMessage::text("0").group("B"))
        .message(TestMessage::text("0").group("C"))
        .stop_batch()
        .concurrency(2)
        .run(async |ms: u64| {
            sleep(Duration::from_millis(ms)).await;
            if ms == 10 { Err("boom") } else { Ok(()) }
        });

    // B's first was running and is done.
    assert_eq!(report.failed(), ["m1", "m3", "m4", "m5"]);
    assert_eq!(
        report.reason("m5").unwrap(),
        "not run, because a record before it failed"
    );
}

#[test]
fn other_groups_go_on_beside_one_that_fails_and_one_that_hangs() {
    for concurrency in [2, 3, 10] {
        let batch = [
            "fail@A", "hang@B", "ok@A", "ok@B", "ok@C", "ok@D", "ok@D", "ok",
        ]
        .iter()
        .fold(Batch::fifo(), |batch, script| {
            let mut parts = script.split('@');
            let message = TestMessage::json(&parts.next());
            batch.message(match parts.next() {
                Some(group) => message.group(group),
                None => message,
            })
        });
        let report =
            batch
                .concurrency(concurrency)
                .retries(1)
                .run(async |then: String| match &*then {
                    "fail" => Err("down"),
                    "hang" => std::future::pending().await,
                    _ => Ok(()),
                });

        assert_eq!(report.failed(), ["m1", "m2", "m3", "m4"]);
        let attempts =
            ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"].map(|id| report.attempts(id));
        assert_eq!(attempts, [2, 1, 0, 0, 1, 1, 1, 1]);
    }
}
