//! One batch being run by its lanes: which records, in which order, until when.

mod claims;
mod send_on;

use std::{borrow::Cow, sync::Arc, time::SystemTime};

use redrive_model::deadline::send_time;
use tokio::time::{self, Instant};

use self::{
    claims::{Claims, LookedUp},
    send_on::SendOn,
};
use crate::{
    batch::{
        Engine,
        attempt::{Attempt, Process},
        backoff,
        groups::Groups,
        lanes::Lanes,
        outcome::Outcome,
        pieces::Pieces,
        receive::Receive,
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
    /// Until when records are run.
    pub(super) deadline: Deadline,
    /// The same without the time that is kept to send records on.
    pub(super) whole: Deadline,
    pub(super) context: Arc<LambdaContext>,
    pub(super) start: Instant,
    /// The time of day at the start.
    pub(super) started: SystemTime,
    /// Only of a FIFO batch.
    pub(super) groups: Option<Groups>,
    /// Records, or groups if the lanes run these.
    pieces: Pieces,
    lanes: Lanes,
    /// The event, for each lane.
    events: Vec<Event>,
    claims: Claims,
    /// Of each record; empty if the worker does not count rounds.
    receives: Vec<Receive>,
    send_on: SendOn,
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
        let pieces = match &groups {
            Some(groups) if settings.concurrency > 1 => groups.len(),
            // Also of a FIFO batch: in record order, so that `stop_batch` stops
            // exactly the records that come later.
            _ => event.len(),
        };
        let lanes = pieces.min(settings.concurrency.max(1) as usize);
        let receives: Vec<_> = match settings.rounds {
            Some(_) => event
                .records()
                .map(|fields| Receive::of(&fields, settings.max_receive_count))
                .collect(),
            None => Vec::new(),
        };
        let given_up = receives.iter().filter(|it| **it != Receive::Earlier);
        let kept = send_time(settings.timeout, given_up.count());
        Self {
            lanes: Lanes::new(lanes, event.len()),
            events: (0..lanes).map(|_| event.for_thread()).collect(),
            started: engine.process.started(),
            engine,
            event,
            deadline: deadline.keeping(kept),
            whole: deadline,
            context,
            start: Instant::now(),
            groups,
            pieces: Pieces::new(pieces, lanes),
            claims: Claims::default(),
            receives,
            send_on: SendOn::default(),
        }
    }

    /// Which of its receives a record is in; if the worker does not count them, none is
    /// the last.
    pub(super) fn receive(&self, index: usize) -> Receive {
        let receive = self.receives.get(index);
        receive.copied().unwrap_or(Receive::Earlier)
    }

    /// When attempts and waits end.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn cut(&self) -> Instant {
        self.deadline.cut
    }

    pub(crate) fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// Runs records until none is left, or no time, or until the lane is
    /// abandoned.
    pub(crate) async fn lane(&self, lane: usize) {
        match &self.groups {
            Some(groups) if self.engine.settings.concurrency > 1 => {
                self.lane_of_groups(lane, groups).await;
            }
            _ => self.lane_of_records(lane).await,
        }
    }

    async fn lane_of_records(&self, lane: usize) {
        while let Some(index) = self.pieces.take(lane) {
            if !self.record(lane, index).await {
                return;
            }
        }
    }

    async fn lane_of_groups(&self, lane: usize, groups: &Groups) {
        while let Some(group) = self.pieces.take(lane) {
            for &index in groups.members(group) {
                if !self.record(lane, index).await {
                    return;
                }
            }
        }
    }

    /// Runs one record to its outcome; `false` if the lane must not continue.
    async fn record(&self, lane: usize, index: usize) -> bool {
        if self.receive(index) == Receive::Extra {
            return self.extra_receive(lane, index).await;
        }
        if let Some(groups) = &self.groups
            && groups.is_blocked(index)
        {
            return self.lanes().settle(lane, index, Outcome::NotRun);
        }
        // The timer does not interrupt a function that never awaits.
        if self.deadline.remaining().is_zero() {
            return false;
        }
        if self.receive(index) == Receive::Foreign {
            let runs = self.engine.settings.max_receive_count;
            log::received_too_often(&self.event.record(index), runs);
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

    /// A record that was received once more than it has runs is only sent on, also after
    /// a failure in its group: SQS would move it uncounted at its next receive. A copy of
    /// a completed message is not even that.
    async fn extra_receive(&self, lane: usize, index: usize) -> bool {
        if let LookedUp::Settled(outcome) = self.look_up(index).await {
            return self.ended(lane, index, outcome);
        }
        let failure = Failure::invocation_ended();
        let fields = self.event.record(index);
        log::failed(&fields, &failure, 0);
        let failure = Box::new(failure);
        let outcome = match (&self.groups, body(&fields)) {
            (Some(_), Ok(body)) => self.send_now(lane, index, &body, failure).await,
            _ => Outcome::Failed(failure),
        };
        if P::IDEMPOTENCY.is_some() {
            self.settle_claim(index, &outcome).await;
        }
        self.ended(lane, index, outcome)
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
                Ok(body) => self.attempt(lane, index, body, attempt).await,
                Err(failure) => Err(failure.clone()),
            };
            let failure = match result {
                Ok(()) => return Some(Outcome::Done),
                Err(failure) => Box::new(failure),
            };
            if !self.lanes().end(lane) {
                return None;
            }
            if failure.is_permanent() || attempt > settings.retries || refused.is_some() {
                log::failed(&fields, &failure, attempt);
                return Some(match &body {
                    Ok(body) => self.failed(lane, index, body, failure).await,
                    // It cannot be sent on.
                    Err(_) => Outcome::Failed(failure),
                });
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
        lane: usize,
        index: usize,
        body: &str,
        attempt: u32,
    ) -> Result<(), Failure> {
        let fields = self.event.record(index);
        let current = Current::new(self.events[lane].clone(), index, attempt);
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

    pub(super) fn view<'v>(&'v self, fields: Fields<'v>, body: &'v str) -> Record<'v> {
        Record {
            fields,
            body,
            deadline: self.deadline,
            context: &self.context,
        }
    }
}

/// Decodes the body. One that is not a string stays in the queue: it could not be sent.
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
