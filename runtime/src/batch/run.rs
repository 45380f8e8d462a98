//! One batch being run by its lanes: which records, in which order, until when.

mod claims;

use std::{
    borrow::Cow,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::SystemTime,
};

use redrive_model::policy::OnPermanent;
use tokio::time::{self, Instant};

use self::claims::{Claims, LookedUp};
use crate::{
    batch::{
        Engine,
        attempt::{Attempt, Process},
        backoff,
        dlq::Dlq,
        groups::Groups,
        lanes::Lanes,
        outcome::Outcome,
    },
    deadline::Deadline,
    event::{Event, Field, Fields, json},
    failure::{Failure, FailureKind},
    log::{self, record_context::Current},
    message::{LambdaContext, Record},
    sqs::SqsAccess,
};

/// A batch being run. Its lanes share it; each handles one record after another.
pub(crate) struct Run<P, Q> {
    pub(super) engine: Arc<Engine<P, Q>>,
    pub(crate) event: Event,
    pub(super) deadline: Deadline,
    pub(super) context: Arc<LambdaContext>,
    pub(super) start: Instant,
    /// The time of day at the start.
    pub(super) started: SystemTime,
    /// Only of a FIFO batch.
    pub(super) groups: Option<Groups>,
    /// The next piece of work, a record or a group, that no lane has taken.
    next: AtomicUsize,
    lanes: Mutex<Lanes>,
    dlq: Dlq,
    claims: Claims,
}

impl<P: Process, Q: SqsAccess> Run<P, Q> {
    pub(crate) fn new(
        engine: Arc<Engine<P, Q>>,
        event: Event,
        deadline: Deadline,
        context: Arc<LambdaContext>,
    ) -> Self {
        let settings = &engine.settings;
        let groups = event
            .is_fifo()
            .then(|| Groups::new(&event, settings.on_group_failure));
        let pieces = groups.as_ref().map_or(event.len(), Groups::len);
        let lanes = pieces.min(settings.concurrency.max(1) as usize);
        Self {
            lanes: Mutex::new(Lanes::new(lanes, event.len())),
            started: engine.process.started(),
            engine,
            event,
            deadline,
            context,
            start: Instant::now(),
            groups,
            next: AtomicUsize::new(0),
            dlq: Dlq::default(),
            claims: Claims::default(),
        }
    }

    /// When attempts and waits end.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn cut(&self) -> Instant {
        self.deadline.cut
    }

    pub(crate) fn lanes(&self) -> MutexGuard<'_, Lanes> {
        // Nothing panics while it is held.
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs records until none is left, or no time, or until the lane is
    /// abandoned.
    pub(crate) async fn lane(&self, lane: usize) {
        match &self.groups {
            Some(groups) if self.engine.settings.concurrency > 1 => {
                self.lane_of_groups(lane, groups).await;
            }
            // Also in a FIFO batch: in record order, so that `stop_batch` stops
            // exactly the records that come later.
            _ => self.lane_of_records(lane).await,
        }
    }

    async fn lane_of_records(&self, lane: usize) {
        loop {
            let index = self.next.fetch_add(1, Relaxed);
            if index >= self.event.len() || !self.record(lane, index).await {
                return;
            }
        }
    }

    async fn lane_of_groups(&self, lane: usize, groups: &Groups) {
        loop {
            let group = self.next.fetch_add(1, Relaxed);
            if group >= groups.len() {
                return;
            }
            for &index in groups.members(group) {
                if !self.record(lane, index).await {
                    return;
                }
            }
        }
    }

    /// Runs one record to its outcome; `false` if the lane must not continue.
    async fn record(&self, lane: usize, index: usize) -> bool {
        if let Some(groups) = &self.groups
            && groups.is_blocked(index)
        {
            return self.lanes().settle(lane, index, Outcome::NotRun);
        }
        // The timer does not interrupt a function that never awaits.
        if self.deadline.remaining().is_zero() {
            return false;
        }
        let looked_up = self.look_up(index).await;
        let refused = match looked_up {
            LookedUp::New => None,
            LookedUp::Refused(failure) => Some(failure),
            LookedUp::Settled(outcome) => return self.ended(lane, index, outcome),
        };
        let Some(outcome) = self.attempts(lane, index, refused).await else {
            return false;
        };
        if P::IDEMPOTENCY.is_some() {
            // What holds if the time is up while the store is asked.
            if !self.lanes().settle(lane, index, outcome.clone()) {
                return false;
            }
            self.settle_claim(index, &outcome).await;
        }
        self.ended(lane, index, outcome)
    }

    /// Writes the outcome of a record; `false` if the lane must not continue.
    fn ended(&self, lane: usize, index: usize, outcome: Outcome) -> bool {
        if let Some(groups) = &self.groups
            && !outcome.is_completed()
        {
            groups.record_failed(index);
        }
        self.lanes().settle(lane, index, outcome)
    }

    /// `None` if the lane was abandoned. A record that is `refused` fails without being run.
    async fn attempts(
        &self,
        lane: usize,
        index: usize,
        refused: Option<Failure>,
    ) -> Option<Outcome> {
        let settings = &self.engine.settings;
        let fields = self.event.record(index);
        let mut attempt = 1;
        // Once, for all attempts.
        let body = body(&fields);
        loop {
            let until = settings.attempt_timeout.map(|limit| Instant::now() + limit);
            if !self.lanes().begin(lane, index, attempt, until) {
                return None;
            }
            let result = match &body {
                _ if let Some(refused) = &refused => Err(refused.clone()),
                Ok(body) => self.attempt(index, fields, body, attempt).await,
                Err(failure) => Err(failure.clone()),
            };
            let failure = match result {
                Ok(()) => return Some(Outcome::Done),
                Err(failure) => Box::new(failure),
            };
            if !self.lanes().end(lane) {
                return None;
            }
            if failure.is_permanent() {
                log::failed(&fields, &failure, attempt);
                return Some(match &body {
                    Ok(body) => self.permanent(lane, index, fields, body, failure).await,
                    Err(_) => Outcome::Failed(failure),
                });
            }
            if attempt > settings.retries || refused.is_some() {
                log::failed(&fields, &failure, attempt);
                return Some(Outcome::Failed(failure));
            }
            let wait = backoff::wait(settings.backoff, attempt);
            let until = Instant::now() + wait;
            let outcome = Outcome::OutOfTime {
                last: Some(failure.clone()),
            };
            if until >= self.deadline.cut {
                return Some(outcome);
            }
            log::retrying(&fields, &failure, attempt, wait);
            self.lanes().settle(lane, index, outcome.clone());
            time::sleep_until(until).await;
            // The thread may have been busy for longer than the wait.
            if self.deadline.remaining().is_zero() {
                return Some(outcome);
            }
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        index: usize,
        fields: Fields<'_>,
        body: &str,
        attempt: u32,
    ) -> Result<(), Failure> {
        let current = Current::new(self.event.clone(), index, attempt);
        let span = || log::record_span(&fields, attempt);
        let handled = Attempt::new(self.handle(fields, body), current, span);
        let Some(limit) = self.engine.settings.attempt_timeout else {
            return handled.await;
        };
        time::timeout(limit, handled).await.unwrap_or_else(|_| {
            Err(Failure::new(
                FailureKind::AttemptTimeout,
                format!("took longer than `attempt_timeout`, {limit:?}"),
            ))
        })
    }

    async fn handle(&self, fields: Fields<'_>, body: &str) -> Result<(), Failure> {
        log::body(body);
        self.engine.process.process(self.view(fields, body)).await
    }

    async fn permanent(
        &self,
        lane: usize,
        index: usize,
        fields: Fields<'_>,
        body: &str,
        failure: Box<Failure>,
    ) -> Outcome {
        if self.engine.settings.on_permanent == OnPermanent::Report {
            return Outcome::Failed(failure);
        }
        // What holds if the time is up while SQS is asked.
        let meanwhile = Outcome::Failed(failure.clone());
        self.lanes().settle(lane, index, meanwhile);
        let record = self.view(fields, body);
        let sent = self.dlq.send(&self.engine.sqs, record, &failure.reason);
        match sent.await {
            Ok(()) => Outcome::InDlq(failure),
            Err(error) => {
                log::not_sent_to_dlq(&fields, self.engine.sqs.dlq_url(), &error);
                Outcome::Failed(failure)
            }
        }
    }

    pub(super) fn view<'v>(&'v self, fields: Fields<'v>, body: &'v str) -> Record<'v> {
        Record {
            fields,
            body,
            deadline: self.deadline,
            context: &self.context,
        }
    }
}

/// Decodes the body. One that is not a string stays in the queue even with
/// `on_permanent = "dlq"`: it could not be sent.
pub(super) fn body<'e>(fields: &Fields<'e>) -> Result<Cow<'e, str>, Failure> {
    let Some(json) = fields.get(Field::Body) else {
        return Err(Failure::new(
            FailureKind::Malformed,
            "the record has no `body`",
        ));
    };
    json::string(json).map_err(|error| {
        let reason = format!("`body` is not a string: {error}");
        Failure::new(FailureKind::Malformed, reason)
    })
}
