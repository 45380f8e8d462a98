//! The outcomes of a batch, and what each lane is doing.

use tokio::time::Instant;

use crate::batch::outcome::{Outcome, Slot};

/// The outcomes of a batch, and the lanes that write them.
///
/// A lane that is blocked in an attempt can be abandoned: from then on it
/// changes nothing.
pub(crate) struct Lanes {
    slots: Vec<Slot>,
    lanes: Vec<Lane>,
}

#[derive(Clone, Copy, Default)]
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
            slots: vec![Slot::UNTOUCHED; records],
            lanes: vec![Lane::default(); lanes],
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.lanes.len()
    }

    /// An attempt begins; `false` if the lane must not continue.
    pub(super) fn begin(
        &mut self,
        lane: usize,
        index: usize,
        attempt: u32,
        until: Option<Instant>,
    ) -> bool {
        let running = Running {
            index,
            attempt,
            until,
        };
        let begun = self.is_active(lane);
        if begun {
            self.lanes[lane].running = Some(running);
            self.slots[index].attempts = attempt;
        }
        begun
    }

    /// An attempt has ended; `false` if the lane must not continue.
    pub(super) fn end(&mut self, lane: usize) -> bool {
        let active = self.is_active(lane);
        if active {
            self.lanes[lane].running = None;
        }
        active
    }

    /// Writes a record's outcome; `false` if the lane must not continue.
    pub(super) fn settle(&mut self, lane: usize, index: usize, outcome: Outcome) -> bool {
        let active = self.end(lane);
        if active {
            self.slots[index].outcome = outcome;
        }
        active
    }

    /// The lane's task has ended. Its attempt, if it was abandoned in one, and
    /// whether its thread was lost.
    pub(super) fn ended(&mut self, lane: usize) -> (Option<Running>, bool) {
        let lane = &mut self.lanes[lane];
        lane.ended = true;
        (lane.running.filter(|_| lane.abandoned), lane.lost)
    }

    /// All tasks have ended, but those in an attempt at a record that blocks its thread.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn end_all_but(&mut self, blocks: impl Fn(usize) -> bool) {
        for lane in &mut self.lanes {
            lane.ended = !lane.running.is_some_and(|running| blocks(running.index));
        }
    }

    /// Whether no lane will handle a further record.
    pub(super) fn are_over(&self) -> bool {
        self.lanes.iter().all(|lane| lane.ended || lane.abandoned)
    }

    /// When the first of the attempts that are running exceeds its limit.
    pub(super) fn next_limit(&self) -> Option<Instant> {
        let lanes = self.lanes.iter();
        let running = lanes.filter(|lane| !lane.abandoned && !lane.ended);
        running.filter_map(|lane| lane.running?.until).min()
    }

    /// A lane whose attempt should have ended by `now`, and the attempt.
    pub(super) fn overdue(&self, now: Instant) -> Option<(usize, Running)> {
        let is_overdue = |running: &Running| running.until.is_some_and(|until| until <= now);
        let mut lanes = self.lanes.iter().enumerate();
        lanes.find_map(|(number, lane)| {
            let running = lane.running.filter(is_overdue)?;
            (!lane.abandoned && !lane.ended).then_some((number, running))
        })
    }

    /// Abandons a lane; `skipped` are the records that it would have run next.
    pub(super) fn abandon(
        &mut self,
        lane: usize,
        running: Running,
        outcome: Outcome,
        skipped: &[usize],
    ) {
        self.lanes[lane].abandoned = true;
        self.slots[running.index].outcome = outcome;
        for &index in skipped {
            self.skip(index);
        }
        if self.are_over() {
            (0..self.slots.len()).for_each(|index| self.skip(index));
        }
    }

    /// Abandons the lanes that still hold their threads. Their number, and the
    /// attempts that were not abandoned before.
    pub(super) fn abandon_unfinished(&mut self) -> (usize, Vec<Running>) {
        let unfinished = self.lanes.iter_mut().filter(|lane| !lane.ended);
        let mut attempts = Vec::new();
        let mut lost = 0;
        for lane in unfinished {
            lost += 1;
            attempts.extend(lane.running.filter(|_| !lane.abandoned));
            (lane.abandoned, lane.lost) = (true, true);
        }
        (lost, attempts)
    }

    /// The outcomes in record order, when no lane writes any more.
    pub(super) fn take(&mut self) -> Vec<Slot> {
        std::mem::take(&mut self.slots)
    }

    /// Whether a lane is in an attempt at this record.
    pub(super) fn is_running(&self, index: usize) -> bool {
        let mut lanes = self.lanes.iter().filter(|lane| !lane.ended);
        lanes.any(|lane| lane.running.is_some_and(|running| running.index == index))
    }

    fn is_active(&self, lane: usize) -> bool {
        !self.lanes[lane].abandoned
    }

    fn skip(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        if *slot == Slot::UNTOUCHED {
            slot.outcome = Outcome::NotRun;
        }
    }
}
