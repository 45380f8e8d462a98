//! Looks records up by their idempotency keys before they run, and settles their
//! claims afterwards.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, SystemTime},
};

use futures_util::future::join_all;
use redrive_model::{deadline::STORE_CALL, policy::OnConflict};
use tokio::time;

use super::{Run, body};
use crate::{
    batch::{
        attempt::Process,
        outcome::{Outcome, Slot},
    },
    error::{BoxError, Unreachable, chain},
    failure::{Failure, FailureKind},
    idempotency::{Claim, Claimed, Key},
    log::{
        self,
        record_context::{self, Current, Polled},
    },
    panic,
    sqs::SqsAccess,
};

/// The claims of one invocation that are not settled.
#[derive(Default)]
pub(super) struct Claims {
    held: Mutex<HashMap<usize, Claim>>,
    /// A call was not answered. The others would not be either, and each would take time
    /// from records that can succeed.
    is_unreachable: AtomicBool,
    has_failed: AtomicBool,
}

/// What is known of a record before it runs.
pub(super) enum LookedUp {
    /// It may run.
    New,
    /// It fails without being run.
    Refused(Failure),
    /// It does not run.
    Settled(Outcome),
}

impl Claims {
    fn held(&self) -> MutexGuard<'_, HashMap<usize, Claim>> {
        // Nothing panics while it is held.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs the first call that failed.
    fn failed(&self, error: &BoxError) {
        self.is_unreachable
            .fetch_or(error.is::<Unreachable>(), Relaxed);
        if !self.has_failed.swap(true, Relaxed) {
            log::store_failed(error);
        }
    }
}

impl<P: Process, Q: SqsAccess> Run<P, Q> {
    /// The time of day. On a virtual clock it passes as that does.
    pub(in crate::batch) fn now(&self) -> SystemTime {
        self.started + self.start.elapsed()
    }

    /// Claims the record's key.
    pub(super) async fn look_up(&self, index: usize) -> LookedUp {
        let Some(settings) = P::IDEMPOTENCY else {
            return LookedUp::New;
        };
        let key = match self.key(index) {
            Ok(Some(key)) => key,
            // It cannot be read, which its attempt reports.
            Ok(None) => return LookedUp::New,
            Err(failure) => return LookedUp::Refused(failure),
        };
        let fields = self.event.record(index);
        let claim = self.claim(index, key, settings.ttl);
        // Before the call, which the end of work may cut off.
        self.claims.held().insert(index, claim.clone());
        let claimed = match self.claims.is_unreachable.load(Relaxed) {
            true => Err("no answer for an earlier record of this invocation".into()),
            false => in_time(self.engine.process.claim(&claim)).await,
        };
        let looked_up = match claimed {
            Ok(Claimed::Yes) => return LookedUp::New,
            Ok(Claimed::Completed { same_body: false })
                if settings.on_conflict == OnConflict::Permanent =>
            {
                LookedUp::Refused(Failure::new(
                    FailureKind::KeyConflict,
                    "a message with the same idempotency key and another body was completed",
                ))
            }
            Ok(Claimed::Completed { same_body }) => {
                log::duplicate_completed(&fields, !same_body);
                LookedUp::Settled(Outcome::Duplicate { same_body })
            }
            Ok(Claimed::InProgress { until }) => {
                log::duplicate_in_progress(&fields);
                LookedUp::Settled(Outcome::InProgress { until })
            }
            Err(error) => {
                self.claims.failed(&error);
                let error = chain(&error);
                let reason = format!("cannot look up the idempotency key: {error}");
                let failure = Failure::new(FailureKind::Store, reason);
                LookedUp::Settled(Outcome::Failed(Box::new(failure)))
            }
        };
        self.claims.held().remove(&index);
        looked_up
    }

    /// The record's key; `None` if the message cannot be read.
    fn key(&self, index: usize) -> Result<Option<Key>, Failure> {
        let fields = self.event.record(index);
        let Ok(body) = body(&fields) else {
            return Ok(None);
        };
        let mut polled = Some(Polled::new(Current::new(self.event.clone(), index, 1)));
        let key = || self.engine.process.key(self.view(fields, &body));
        record_context::scope(&mut polled, || panic::catch(key))?
    }

    fn claim(&self, index: usize, key: Key, ttl: Duration) -> Claim {
        let now = self.now();
        let lease_end = self.started + (self.deadline.end - self.start);
        let message_id = self.event.record(index).id();
        Claim {
            key: key.id,
            // With the index, because a batch may have two receives of one message.
            owner: format!("{}/{message_id}/{index}", self.context.request_id),
            body: key.body,
            now,
            lease_end,
            // No claim is forgotten while it holds.
            expires: lease_end.max(now + ttl),
        }
    }

    /// Completes or releases the claim of a record that has ended with `outcome`. A call
    /// that fails is made again when the batch has ended.
    pub(super) async fn settle_claim(&self, index: usize, outcome: &Outcome) {
        let claim = self.claims.held().get(&index).cloned();
        if let Some(claim) = claim
            && self.settle(index, claim, outcome).await
        {
            self.claims.held().remove(&index);
        }
    }

    /// Settles the claims that are left when the batch has ended, until the answer is due.
    pub(in crate::batch) async fn settle_claims(&self, slots: &[Slot]) {
        let mut held = std::mem::take(&mut *self.claims.held());
        // An attempt that blocks its thread goes on; its claim ends with its lease.
        held.retain(|index, _| !self.lanes().is_running(*index));
        if held.is_empty() {
            return;
        }
        let settle = |(index, claim)| self.settle(index, claim, &slots[index].outcome);
        let settled = join_all(held.into_iter().map(settle));
        if time::timeout_at(self.deadline.answer_by(), settled)
            .await
            .is_err()
        {
            self.claims.failed(&"out of time".into());
        }
    }

    /// Whether it is known to be settled.
    async fn settle(&self, index: usize, claim: Claim, outcome: &Outcome) -> bool {
        let process = &self.engine.process;
        let settled = match outcome {
            Outcome::Done => {
                let now = self.now();
                let ttl = P::IDEMPOTENCY.map(|it| it.ttl).unwrap_or_default();
                let expires = now + ttl;
                let claim = Claim {
                    now,
                    expires,
                    ..claim
                };
                in_time(process.complete(&claim)).await
            }
            _ => in_time(process.release(&claim)).await.map(|()| true),
        };
        if let Ok(false) = settled {
            log::claim_lost(&self.event.record(index));
        }
        settled
            .inspect_err(|error| self.claims.failed(error))
            .is_ok()
    }
}

async fn in_time<T>(call: impl Future<Output = Result<T, BoxError>>) -> Result<T, BoxError> {
    time::timeout(STORE_CALL, call).await.unwrap_or_else(|_| {
        Err(Unreachable::boxed(
            "the store",
            format!("no answer within {STORE_CALL:?}"),
        ))
    })
}
