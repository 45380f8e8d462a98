//! `idempotent` in a worker that counts redrives: the key is looked up before anything is
//! sent on.

use super::{store::Faulty, *};

const RUNS: u32 = 5;

fn counting(shipped: &Shipped, store: impl Store) -> Batch<Of<Ship<false>>> {
    batch(shipped, store)
        .redrive_rounds(3)
        .max_receive_count(RUNS)
}

/// An order in its extra receive.
fn extra(id: &str) -> TestMessage {
    order(id, "").receive_count(RUNS + 1)
}

#[test]
fn a_completed_duplicate_is_not_sent_on_in_its_extra_receive() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    counting(&shipped, store.clone())
        .message(order("1", ""))
        .run();

    let report = counting(&shipped, store.clone())
        .message(extra("1"))
        .message(extra("2"))
        .run();

    assert_eq!(report.failed(), [""; 0]);
    assert_eq!(report.duplicates(), ["m1"]);
    let sent: Vec<_> = report.sent_to_dlq().iter().map(|it| &*it.id).collect();
    assert_eq!(sent, ["m2"]);
    assert!(report.parked().is_empty());
    assert_eq!(shipped.ids(), ["1"]);
    // It is not run here, but after its redrive.
    assert_eq!((store.completed(), store.claimed()), (1, 0));
}

#[test]
fn a_duplicate_in_progress_is_not_sent_on_in_its_extra_receive() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    wait(store.claim(&others("1", MINUTE)));

    let report = counting(&shipped, store)
        .message(extra("1"))
        .message(order("2", ""))
        .run();

    assert_eq!(report.failed(), ["m1"]);
    assert!(report.sent_to_dlq().is_empty());
    assert_eq!(report.delays(), [("receipt-1".to_owned(), 61)]);
}

#[test]
fn without_its_store_nothing_is_sent_on() {
    let store = Faulty {
        claims_fail: true,
        ..Faulty::default()
    };
    let report = counting(&Shipped::default(), store)
        .message(extra("1"))
        .message(order("2", "").receive_count(RUNS))
        .run();

    // They may be copies of completed messages.
    assert_eq!(report.failed(), ["m1", "m2"]);
    assert!(report.sent_to_dlq().is_empty());
}

#[test]
fn a_record_that_is_sent_on_is_released() {
    let (shipped, store) = (Shipped::default(), InMemory::new());
    let report = counting(&shipped, store.clone())
        .message(order("1", "fail").receive_count(RUNS))
        .run();

    assert_eq!(report.failed(), [""; 0]);
    assert_eq!(report.sent_to_dlq().len(), 1);
    assert_eq!((store.completed(), store.claimed()), (0, 0));
}
