//! Runs the records of a batch: how many at once, in which order, until when.

use std::{
    borrow::Cow,
    pin::pin,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::{self, Instant};

use redrive_model::policy::OnPermanent;

use crate::{
    batch::{
        attempt::{Attempt, Process},
        backoff,
        groups::Groups,
        outcome::{Outcome, Slot},
    },
    deadline::Deadline,
    event::{Event, Field, Fields, json},
    failure::{Failure, FailureKind},
    log::{self, record_context::Current},
    message::Record,
    settings::Settings,
    sqs::SqsAccess,
};

/// What running one batch needs.
pub(crate) struct BatchRun<'b, P, Q> {
    pub(crate) event: &'b Event,
    pub(crate) settings: &'b Settings,
    pub(crate) deadline: Deadline,
    pub(crate) process: &'b P,
    pub(crate) sqs: &'b Q,
}

impl<P: Process, Q: SqsAccess> BatchRun<'_, P, Q> {
    /// Runs every record that there is time for; gives the outcomes in record
    /// order.
    ///
    /// Ends in time whatever the function does, as long as it awaits: what is
    /// unfinished then is dropped, and is out of time.
    pub(crate) async fn run(&self) -> Vec<Slot> {
        let records = self.event.len();
        let run = Run {
            batch: self,
            groups: self
                .event
                .is_fifo()
                .then(|| Groups::new(self.event, self.settings.on_group_failure)),
            next: AtomicUsize::new(0),
            slots: Mutex::new(vec![Slot::UNTOUCHED; records]),
        };
        // Unconstrained: a function that uses up the task's budget of
        // cooperation in each poll must not keep the clock from being looked at.
        let cut = pin!(tokio::task::unconstrained(time::sleep_until(
            self.deadline.cut
        )));
        tokio::select! {
            biased;
            () = run.all() => {}
            () = cut => {}
        }
        run.slots
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A batch being run.
struct Run<'r, 'b, P, Q> {
    batch: &'r BatchRun<'b, P, Q>,
    /// Only of a FIFO batch.
    groups: Option<Groups>,
    /// The next piece of work, a record or a group, that no lane has taken.
    next: AtomicUsize,
    slots: Mutex<Vec<Slot>>,
}

impl<P: Process, Q: SqsAccess> Run<'_, '_, P, Q> {
    /// Runs the batch in as many lanes as records may run at once, all in this
    /// task.
    async fn all(&self) {
        let records = self.batch.event.len();
        let concurrency = self.batch.settings.concurrency as usize;
        if concurrency <= 1 || records <= 1 {
            // Also in a FIFO batch: in record order, so that `stop_batch` stops
            // exactly what came after.
            return self.lane_of_records().await;
        }
        match &self.groups {
            None => {
                self.lanes(concurrency.min(records), || self.lane_of_records())
                    .await
            }
            Some(groups) => {
                self.lanes(concurrency.min(groups.len()), || {
                    self.lane_of_groups(groups)
                })
                .await;
            }
        }
    }

    async fn lanes<F: Future<Output = ()>>(&self, number: usize, lane: impl Fn() -> F) {
        let mut lanes: FuturesUnordered<F> = (0..number).map(|_| lane()).collect();
        while lanes.next().await.is_some() {}
    }

    async fn lane_of_records(&self) {
        let records = self.batch.event.len();
        loop {
            let index = self.next.fetch_add(1, Relaxed);
            if index >= records || !self.record(index).await {
                return;
            }
        }
    }

    async fn lane_of_groups(&self, groups: &Groups) {
        loop {
            let group = self.next.fetch_add(1, Relaxed);
            if group >= groups.len() {
                return;
            }
            for &index in groups.members(group) {
                if !self.record(index).await {
                    return;
                }
            }
        }
    }

    /// Runs one record to its outcome; `false` if there is no time for more.
    async fn record(&self, index: usize) -> bool {
        if let Some(groups) = &self.groups
            && groups.is_blocked(index)
        {
            self.slots()[index].outcome = Outcome::NotRun;
            return true;
        }
        // A function that never awaits is not cut off by the timer.
        if self.batch.deadline.remaining().is_zero() {
            return false;
        }
        let outcome = self.attempts(index, self.batch.event.record(index)).await;
        if let Some(groups) = &self.groups
            && !outcome.is_completed()
        {
            groups.record_failed(index);
        }
        self.slots()[index].outcome = outcome;
        true
    }

    async fn attempts(&self, index: usize, fields: Fields<'_>) -> Outcome {
        let settings = self.batch.settings;
        let mut attempt = 1;
        // Once, for all attempts.
        let body = match body(&fields) {
            Ok(body) => body,
            Err(failure) => {
                self.slots()[index].attempts = attempt;
                log::failed(&fields, &failure, attempt);
                return Outcome::Failed(Box::new(failure));
            }
        };
        loop {
            self.slots()[index].attempts = attempt;
            let failure = match self.attempt(index, fields, &body, attempt).await {
                Ok(()) => return Outcome::Done,
                Err(failure) => Box::new(failure),
            };
            if failure.is_permanent() {
                return self.permanent(index, fields, &body, failure, attempt).await;
            }
            if attempt > settings.retries {
                log::failed(&fields, &failure, attempt);
                return Outcome::Failed(failure);
            }
            let wait = backoff::wait(settings.backoff, attempt);
            let until = Instant::now() + wait;
            if until >= self.batch.deadline.cut {
                return Outcome::OutOfTime {
                    last: Some(failure),
                };
            }
            log::retrying(&fields, &failure, attempt, wait);
            self.slots()[index].outcome = Outcome::OutOfTime {
                last: Some(failure),
            };
            time::sleep_until(until).await;
            // Another lane may have held the thread over the end of the wait.
            if self.batch.deadline.remaining().is_zero() {
                return self.slots()[index].outcome.clone();
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
        let current = Current::new(self.batch.event.clone(), index, attempt);
        let span = || log::record_span(&fields, attempt);
        let handled = Attempt::new(self.handle(fields, body), current, span);
        let Some(limit) = self.batch.settings.attempt_timeout else {
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
        self.batch.process.process(self.view(fields, body)).await
    }

    async fn permanent(
        &self,
        index: usize,
        fields: Fields<'_>,
        body: &str,
        failure: Box<Failure>,
        attempt: u32,
    ) -> Outcome {
        log::failed(&fields, &failure, attempt);
        if self.batch.settings.on_permanent == OnPermanent::Report {
            return Outcome::Failed(failure);
        }
        // What holds if the time is up while SQS is asked.
        self.slots()[index].outcome = Outcome::Failed(failure.clone());
        let record = self.view(fields, body);
        match self.batch.sqs.send_to_dlq(record, &failure.reason).await {
            Ok(()) => Outcome::InDlq(failure),
            Err(error) => {
                log::not_sent_to_dlq(&fields, &error);
                Outcome::Failed(failure)
            }
        }
    }

    fn view<'v>(&self, fields: Fields<'v>, body: &'v str) -> Record<'v> {
        Record {
            fields,
            body,
            deadline: self.batch.deadline,
        }
    }

    fn slots(&self) -> MutexGuard<'_, Vec<Slot>> {
        // Nothing panics while it is held.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Decodes the body. One that is not a string stays in the queue even with
/// `on_permanent = "dlq"`: it could not be sent.
fn body<'e>(fields: &Fields<'e>) -> Result<Cow<'e, str>, Failure> {
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
