//! Attempts after the first.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::time::Instant;

use crate::testing::Batch;

#[test]
fn a_record_is_tried_again_until_it_works() {
    let calls = AtomicU32::new(0);
    let report = Batch::new().text("1").retries(3).run(async |_: u8| {
        if calls.fetch_add(1, Relaxed) < 2 {
            return Err("not yet");
        }
        Ok(())
    });

    assert!(report.failed().is_empty());
    assert_eq!(report.attempts("m1"), 3);
}

#[test]
fn retries_are_attempts_after_the_first() {
    let report = Batch::new()
        .text("1")
        .text("2")
        .retries(2)
        .run(async |number: u8| if number == 1 { Ok(()) } else { Err("down") });

    assert_eq!(report.attempts("m1"), 1);
    assert_eq!(report.attempts("m2"), 3);
    assert_eq!(report.reason("m2").unwrap(), "down");
}

#[test]
fn waits_grow_and_are_jittered() {
    let min = Duration::from_millis(100);
    let max = Duration::from_millis(300);
    let mut sums = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let starts = Mutex::new(Vec::new());
        Batch::new()
            .text("1")
            .retries(3)
            .backoff(min, max)
            .seed(seed)
            .run(async |_: u8| {
                starts.lock().unwrap().push(Instant::now());
                Err("down")
            });
        let starts = starts.into_inner().unwrap();
        let waits: Vec<_> = starts.windows(2).map(|pair| pair[1] - pair[0]).collect();
        // Timers tick in milliseconds.
        let tick = Duration::from_millis(1);

        assert!(waits[0] <= min + tick, "{waits:?}");
        assert!(waits[1] <= 2 * min + tick, "{waits:?}");
        assert!(waits[2] <= max + tick, "{waits:?}");
        sums.insert(waits.iter().sum::<Duration>());
    }
    assert!(sums.len() > 25, "{sums:?}");
}

#[test]
fn a_panic_is_tried_again_as_an_error_is() {
    let calls = AtomicU32::new(0);
    let report = Batch::new().text("1").retries(1).run(async |_: u8| {
        assert!(calls.fetch_add(1, Relaxed) > 0, "first time unlucky");
        Ok::<_, String>(())
    });

    assert!(report.failed().is_empty());
    assert_eq!(report.attempts("m1"), 2);
}

#[test]
fn a_malformed_body_is_not_tried_again() {
    let report = Batch::new()
        .text("{")
        .retries(3)
        .run(async |_: u8| Ok::<_, String>(()));

    assert_eq!(report.attempts("m1"), 1);
    assert_eq!(
        report.reason("m1").unwrap(),
        "the body does not match the message type: EOF while parsing an object at line 1 column 1"
    );
}
