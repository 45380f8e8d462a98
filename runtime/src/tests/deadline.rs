//! Time that runs out.

use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};

use tokio::time::sleep;

use crate::testing::Batch;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn an_attempt_is_cut_and_the_rest_is_not_run() {
    let calls = AtomicU32::new(0);
    let report = Batch::new()
        .text("1")
        .text("100")
        .text("1")
        .timeout(Duration::from_secs(30))
        .run(async |seconds: u64| {
            calls.fetch_add(1, Relaxed);
            sleep(Duration::from_secs(seconds)).await;
            Ok::<_, String>(())
        });

    assert_eq!(calls.into_inner(), 2);
    assert_eq!(report.failed(), ["m2", "m3"]);
    assert_eq!(report.reason("m2").unwrap(), "out of time");
    assert_eq!(report.attempts("m3"), 0);
    let margin = Duration::from_millis(500);
    assert!(report.elapsed() <= 30 * SECOND - margin + Duration::from_millis(1));
}

#[test]
fn a_wait_that_would_outlast_the_deadline_is_not_started() {
    let report = Batch::new()
        .text("1")
        .text("2")
        .retries(10)
        .backoff(Duration::from_secs(3_600), Duration::from_secs(3_600))
        .seed(1)
        .run(async |number: u8| if number == 2 { Ok(()) } else { Err("down") });

    assert_eq!(report.failed(), ["m1"]);
    assert_eq!(report.attempts("m1"), 1);
    assert_eq!(report.reason("m1").unwrap(), "out of time after: down");
    assert_eq!(report.elapsed(), Duration::ZERO);
}

#[test]
fn without_time_nothing_is_run() {
    let report = Batch::new()
        .text("1")
        .remaining(Duration::from_millis(100))
        .run(async |_: u8| -> Result<(), String> { panic!("must not run") });

    assert_eq!(report.failed(), ["m1"]);
    assert_eq!(report.attempts("m1"), 0);
}

#[test]
fn a_function_that_uses_up_the_tasks_budget_is_cut_all_the_same() {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel::<u8>();
    sender.send(1).unwrap();
    let receiver = &mut receiver;
    let receiver = tokio::sync::Mutex::new(receiver);
    let report = Batch::new().text("1").text("2").run(async |number: u8| {
        if number == 1 {
            return Ok::<_, String>(());
        }
        let mut receiver = receiver.lock().await;
        loop {
            receiver.recv().await;
            sender.send(1).unwrap();
            tokio::task::yield_now().await;
            sleep(Duration::from_millis(100)).await;
        }
    });

    assert_eq!(report.failed(), ["m2"]);
}

#[test]
fn an_attempt_has_its_own_limit() {
    let report = Batch::new()
        .text("5")
        .text("1")
        .retries(1)
        .attempt_timeout(2 * SECOND)
        .run(async |seconds: u64| {
            sleep(Duration::from_secs(seconds)).await;
            Ok::<_, String>(())
        });

    assert_eq!(report.failed(), ["m1"]);
    assert_eq!(report.attempts("m1"), 2);
    assert_eq!(
        report.reason("m1").unwrap(),
        "took longer than `attempt_timeout`, 2s"
    );
}

#[test]
fn what_was_done_before_the_deadline_stays_done_in_every_lane() {
    let report = Batch::new()
        .text("1")
        .text("100")
        .text("2")
        .text("100")
        .text("3")
        .concurrency(3)
        .run(async |seconds: u64| {
            sleep(Duration::from_secs(seconds)).await;
            Ok::<_, String>(())
        });

    assert_eq!(report.failed(), ["m2", "m4"]);
}

#[test]
fn no_attempt_starts_after_another_held_the_thread_over_the_cut() {
    let report = Batch::new()
        .text("1")
        .text("2")
        .concurrency(2)
        .retries(3)
        .backoff(SECOND, SECOND)
        .seed(1)
        .run(async |number: u8| {
            if number == 1 {
                return Err("down");
            }
            // Both the wait of the first and the cut are over when this returns.
            tokio::time::advance(60 * SECOND).await;
            Ok(())
        });

    assert_eq!(report.attempts("m1"), 1);
    assert!(report.failed().contains(&"m1"));
}
