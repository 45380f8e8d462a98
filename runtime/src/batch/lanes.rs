//! The outcomes of a batch, and what each lane is doing.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::batch::outcome::{Outcome, Slot};

/// The outcomes of a batch, and the lanes that write them.
///
/// A lane that is blocked in an attempt can be abandoned: from then on it
/// changes nothing.
///
/// Each lane has its lock, which it also holds while it writes to a slot: for
/// fast functions, lanes that wait for one another would take longer than a single one.
pub(crate) struct Lanes {
    slots: Vec<Mutex<Slot>>,
    lanes: Vec<Apart<Mutex<Lane>>>,
}

/// What one lane writes, apart from what the next one does, by the size of the pairs of
/// cache lines that processors load.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct Apart<T>(pub(super) T);

#[derive(Default)]
struct Lane {
    running: Option<Running>,
    abandoned: bool,
    /// Its thread counts as lost.
    lost: bool,
    ended: bool,
}

/// An attempt.
#[derive(Clone, Copy)]
pub(crate) struct Running {
    /// Which record.
    pub(crate) index: usize,
    pub(crate) attempt: u32,
    /// When `attempt_timeout` ends it.
    pub(crate) until: Option<Instant>,
}

impl Lanes {
    pub(super) fn new(lanes: usize, records: usize) -> Self {
        Self {
            slots: (0..records).map(|_| Mutex::new(Slot::UNTOUCHED)).collect(),
            lanes: (0..lanes).map(|_| Apart::default()).collect(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes.len()
    }

    /// An attempt begins; `false` if the lane must not continue.
    pub(super) fn begin(
        &self,
        lane: usize,
        index: usize,
        attempt: u32,
        until: Option<Instant>,
    ) -> bool {
        let mut lane = self.lane(lane);
        if !lane.abandoned {
            lane.running = Some(Running {
                index,
                attempt,
                until,
            });
            self.slot(index).attempts = attempt;
        }
        !lane.abandoned
    }

    /// An attempt has ended; `false` if the lane must not continue.
    pub(super) fn end(&self, lane: usize) -> bool {
        self.lane(lane).end()
    }

    /// Writes a record's outcome; `false` if the lane must not continue.
    pub(super) fn settle(&self, lane: usize, index: usize, outcome: Outcome) -> bool {
        let mut lane = self.lane(lane);
        let active = lane.end();
        if active {
            self.slot(index).outcome = outcome;
        }
        active
    }

    /// The lane's task has ended. Its attempt, if it was abandoned in one, and
    /// whether its thread was lost.
    pub(super) fn ended(&self, lane: usize) -> (Option<Running>, bool) {
        let mut lane = self.lane(lane);
        lane.ended = true;
        (lane.running.filter(|_| lane.abandoned), lane.lost)
    }

    /// All tasks have ended, but those in an attempt at a record that blocks its thread.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn end_all_but(&self, blocks: impl Fn(usize) -> bool) {
        for mut lane in self.all() {
            lane.ended = !lane.running.is_some_and(|running| blocks(running.index));
        }
    }

    /// Whether no lane will handle a further record.
    pub(super) fn are_over(&self) -> bool {
        self.all().all(|lane| lane.is_over())
    }

    /// When the first of the attempts that are running exceeds its limit.
    pub(super) fn next_limit(&self) -> Option<Instant> {
        let running = self.all().filter(|lane| !lane.is_over());
        running.filter_map(|lane| lane.running?.until).min()
    }

    /// Abandons a lane whose attempt should have ended by `now`, and returns the attempt.
    pub(super) fn abandon_overdue(&self, now: Instant) -> Option<Running> {
        let is_overdue = |running: &Running| running.until.is_some_and(|until| until <= now);
        self.all().find_map(|mut lane| {
            let running = lane.running.filter(is_overdue)?;
            let active = !lane.is_over();
            lane.abandoned |= active;
            active.then_some(running)
        })
    }

    /// Writes the outcome of an attempt whose lane was abandoned; `skipped` are the records
    /// that it would have run next.
    pub(super) fn settle_abandoned(&self, running: Running, outcome: Outcome, skipped: &[usize]) {
        self.slot(running.index).outcome = outcome;
        for &index in skipped {
            self.skip(index);
        }
        if self.are_over() {
            (0..self.slots.len()).for_each(|index| self.skip(index));
        }
    }

    /// Abandons the lanes that still hold their threads, calling `lose` for each before it
    /// can end. The attempts that were not abandoned before.
    pub(super) fn abandon_unfinished(&self, lose: impl Fn()) -> Vec<Running> {
        let mut attempts = Vec::new();
        for mut lane in self.all().filter(|lane| !lane.ended) {
            attempts.extend(lane.running.filter(|_| !lane.abandoned));
            (lane.abandoned, lane.lost) = (true, true);
            lose();
        }
        attempts
    }

    /// The outcomes in record order, when no lane writes any more.
    pub(super) fn take(&self) -> Vec<Slot> {
        let slots = 0..self.slots.len();
        let take = |index| std::mem::replace(&mut *self.slot(index), Slot::UNTOUCHED);
        slots.map(take).collect()
    }

    /// Whether a lane is in an attempt at this record.
    pub(super) fn is_running(&self, index: usize) -> bool {
        let mut lanes = self.all().filter(|lane| !lane.ended);
        lanes.any(|lane| lane.running.is_some_and(|running| running.index == index))
    }

    fn skip(&self, index: usize) {
        let mut slot = self.slot(index);
        if *slot == Slot::UNTOUCHED {
            slot.outcome = Outcome::NotRun;
        }
    }

    fn lane(&self, lane: usize) -> MutexGuard<'_, Lane> {
        lock(&self.lanes[lane].0)
    }

    fn all(&self) -> impl Iterator<Item = MutexGuard<'_, Lane>> {
        self.lanes.iter().map(|lane| lock(&lane.0))
    }

    fn slot(&self, index: usize) -> MutexGuard<'_, Slot> {
        lock(&self.slots[index])
    }
}

impl Lane {
    /// `false` if it must not continue.
    fn end(&mut self) -> bool {
        if !self.abandoned {
            self.running = None;
        }
        !self.abandoned
    }

    fn is_over(&self) -> bool {
        self.ended || self.abandoned
    }
}

pub(super) fn lock<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it is held.
    value.lock().unwrap_or_else(PoisonError::into_inner)
}
