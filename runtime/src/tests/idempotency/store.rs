//! What becomes of records whose store fails, is slow, or has them from another run.

use super::*;
use crate::error::Unreachable;

/// A store whose calls fail, or that is slow.
#[derive(Clone, Default)]
pub(super) struct Faulty {
    pub(super) inner: InMemory,
    pub(super) claims: Arc<AtomicUsize>,
    pub(super) completes: Arc<AtomicUsize>,
    pub(super) claims_fail: bool,
    /// The first answer is lost.
    pub(super) claims_twice: bool,
    pub(super) releases_fail: bool,
    /// How many calls fail.
    pub(super) failing_completes: usize,
    pub(super) complete_takes: Duration,
    /// It rejects calls, instead of not answering.
    pub(super) rejects: bool,
}

impl Faulty {
    fn error(&self) -> BoxError {
        match self.rejects {
            true => "slower".into(),
            false => Unreachable::boxed("DynamoDB", "no route"),
        }
    }
}

impl Store for Faulty {
    async fn claim(&self, claim: &Claim) -> Result<Claimed, BoxError> {
        self.claims.fetch_add(1, Relaxed);
        if self.claims_fail {
            return Err(self.error());
        }
        if self.claims_twice {
            Store::claim(&self.inner, claim).await?;
        }
        Store::claim(&self.inner, claim).await
    }

    async fn complete(&self, claim: &Claim) -> Result<bool, BoxError> {
        tokio::time::sleep(self.complete_takes).await;
        match self.completes.fetch_add(1, Relaxed) < self.failing_completes {
            true => Err(self.error()),
            false => Store::complete(&self.inner, claim).await,
        }
    }

    async fn release(&self, claim: &Claim) -> Result<(), BoxError> {
        match self.releases_fail {
            true => Err(self.error()),
            false => Store::release(&self.inner, claim).await,
        }
    }
}

#[test]
fn without_its_store_a_record_fails_and_the_others_do_not_wait_for_it() {
    for (rejects, calls, reason) in [
        (false, 1, "DynamoDB cannot be reached: no route"),
        (true, 3, "slower"),
    ] {
        let shipped = Shipped::default();
        let store = Faulty {
            claims_fail: true,
            rejects,
            ..Faulty::default()
        };
        let report = batch(&shipped, store.clone())
            .message(order("1", ""))
            .message(order("2", ""))
            .message(order("3", ""))
            .run();

        assert_eq!(report.failed(), ["m1", "m2", "m3"]);
        let expected = format!("cannot look up the idempotency key: {reason}");
        assert_eq!(report.reason("m1"), Some(expected));
        assert_eq!(shipped.ids(), [""; 0]);
        assert_eq!(store.claims.load(Relaxed), calls);
    }
}

#[test]
fn a_completion_that_fails_is_made_again_at_the_end() {
    let shipped = Shipped::default();
    let store = Faulty {
        failing_completes: 1,
        ..Faulty::default()
    };
    let report = batch(&shipped, store.clone()).message(order("1", "")).run();

    assert_eq!(report.failed(), [""; 0]);
    assert_eq!((store.inner.completed(), store.inner.claimed()), (1, 0));
}

#[test]
fn a_message_whose_effect_has_happened_is_acknowledged_even_if_its_key_is_not_completed() {
    for (rejects, shipped_ids, failed) in
        [(false, &["1"][..], &["m2"][..]), (true, &["1", "2"], &[])]
    {
        let shipped = Shipped::default();
        let store = Faulty {
            failing_completes: usize::MAX,
            rejects,
            ..Faulty::default()
        };
        let report = batch(&shipped, store.clone())
            .message(order("1", ""))
            .message(order("2", ""))
            .run();

        assert_eq!(report.failed(), failed);
        assert_eq!(shipped.ids(), shipped_ids);
    }
}

#[test]
fn a_completion_that_the_end_of_work_cuts_off_is_made_before_the_answer() {
    let shipped = Shipped::default();
    let store = Faulty {
        complete_takes: Duration::from_millis(200),
        ..Faulty::default()
    };
    let report = batch(&shipped, store.clone())
        .remaining(Duration::from_millis(1_600))
        .message(order("1", "slow"))
        .run();

    assert_eq!(report.failed(), [""; 0]);
    assert_eq!((store.inner.completed(), store.inner.claimed()), (1, 0));
}

#[test]
fn a_late_run_changes_nothing_of_another() {
    let store = InMemory::new();
    let late = others("1", Duration::from_secs(10));
    wait(store.claim(&late));
    let next = Claim {
        owner: "next".to_owned(),
        now: noon() + MINUTE,
        lease_end: noon() + 2 * MINUTE,
        ..late.clone()
    };
    assert_eq!(wait(store.claim(&next)), Claimed::Yes);

    assert!(!wait(store.complete(&late)));
    wait(store.release(&late));

    assert_eq!((store.completed(), store.claimed()), (0, 1));
    assert!(wait(store.complete(&next)));
    wait(store.release(&next));
    assert_eq!((store.completed(), store.claimed()), (1, 0));
}
