//! What must become of each record, worked out without the engine.

use std::collections::BTreeMap;

use super::case::{Case, End, Record};
use crate::{
    batch::outcome,
    failure::{Failure, FailureKind},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    InDlq(Why),
    Failed(Why),
    OutOfTime { last: Option<Why> },
    NotRun,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    NotYet,
    Never,
    Panic,
    AttemptTimeout,
    Malformed,
}

/// A record's outcome, and the attempts it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) outcome: Outcome,
    pub(super) attempts: u32,
}

impl Fate {
    const UNTOUCHED: Self = Self {
        outcome: Outcome::OutOfTime { last: None },
        attempts: 0,
    };
    pub(super) const NOT_RUN: Self = Self {
        outcome: Outcome::NotRun,
        attempts: 0,
    };

    pub(super) fn is_completed(self) -> bool {
        matches!(self.outcome, Outcome::Done | Outcome::InDlq(_))
    }

    /// What the engine says became of a record.
    pub(super) fn of(slot: &outcome::Slot) -> Self {
        let outcome = match &slot.outcome {
            outcome::Outcome::Done => Outcome::Done,
            outcome::Outcome::SentOn(_, failed) => match &**failed {
                outcome::Outcome::Failed(failure) => Outcome::InDlq(Why::of(failure)),
                other => panic!("nothing else is sent on: {other:?}"),
            },
            outcome::Outcome::Failed(failure) => Outcome::Failed(Why::of(failure)),
            outcome::Outcome::OutOfTime { last } => Outcome::OutOfTime {
                last: last.as_deref().map(Why::of),
            },
            outcome::Outcome::NotRun => Outcome::NotRun,
            outcome::Outcome::Duplicate { .. } | outcome::Outcome::InProgress { .. } => {
                unreachable!("the function is not idempotent")
            }
        };
        Self {
            outcome,
            attempts: slot.attempts,
        }
    }
}

impl Why {
    pub(super) const NEVER: &'static str = "never";
    pub(super) const NOT_YET: &'static str = "not yet";

    fn of(failure: &Failure) -> Self {
        match (failure.kind, failure.reason.as_str()) {
            (FailureKind::Transient, Self::NOT_YET) => Self::NotYet,
            (FailureKind::Permanent, Self::NEVER) => Self::Never,
            (FailureKind::Panic, reason) if reason.ends_with(": boom") => Self::Panic,
            (FailureKind::AttemptTimeout, _) => Self::AttemptTimeout,
            (FailureKind::Malformed, _) => Self::Malformed,
            _ => panic!("nothing fails like this: {failure:?}"),
        }
    }

    pub(super) fn is_permanent(self) -> bool {
        matches!(self, Self::Never | Self::Malformed)
    }
}

/// One attempt: how long it takes, for ever if `None`, and how it ends.
pub(super) struct Attempt {
    pub(super) millis: Option<u64>,
    pub(super) result: Result<(), Why>,
}

pub(super) fn attempt(case: &Case, record: &Record, number: u32) -> Attempt {
    if record.malformed {
        return Attempt {
            millis: Some(0),
            result: Err(Why::Malformed),
        };
    }
    let script = record.script;
    let (millis, result) = match script.end {
        _ if number <= script.failures => (Some(script.millis), Err(Why::NotYet)),
        End::Ok => (Some(script.millis), Ok(())),
        End::Permanent => (Some(script.millis), Err(Why::Never)),
        End::Panic => (Some(script.millis), Err(Why::Panic)),
        End::Hang => (None, Ok(())),
    };
    match case.attempt_timeout {
        Some(limit) if millis.is_none_or(|millis| millis > limit) => Attempt {
            millis: Some(limit),
            result: Err(Why::AttemptTimeout),
        },
        _ => Attempt { millis, result },
    }
}

/// The longest wait after this failed attempt.
pub(super) fn longest_wait(case: &Case, attempt: u32) -> u64 {
    (case.backoff.0 << (attempt - 1)).min(case.backoff.1)
}

/// What becomes of a record that has all the time there is, alone.
pub(super) struct Alone {
    pub(super) fate: Fate,
    /// The longest that takes: waits that are as long as they may be.
    longest: u64,
    /// Whether its last attempt never ends.
    hangs: bool,
}

pub(super) fn alone(case: &Case, record: &Record) -> Alone {
    let mut longest = 0;
    let mut last = None;
    let mut number = 1;
    loop {
        let Attempt { millis, result } = attempt(case, record, number);
        let Some(millis) = millis else {
            let fate = Fate {
                outcome: Outcome::OutOfTime { last },
                attempts: number,
            };
            return Alone {
                fate,
                longest,
                hangs: true,
            };
        };
        longest += millis;
        let outcome = match result {
            Ok(()) => Outcome::Done,
            Err(why) if why.is_permanent() => match case.dlq {
                Some(dlq) => {
                    longest += dlq.longest();
                    match dlq.confirms() {
                        true => Outcome::InDlq(why),
                        false => Outcome::Failed(why),
                    }
                }
                None => Outcome::Failed(why),
            },
            Err(why) if number > case.retries => Outcome::Failed(why),
            Err(why) => {
                last = Some(why);
                longest += longest_wait(case, number);
                number += 1;
                continue;
            }
        };
        let fate = Fate {
            outcome,
            attempts: number,
        };
        return Alone {
            fate,
            longest,
            hangs: false,
        };
    }
}

/// All that happens when records run one after another.
#[derive(Debug, PartialEq)]
pub(super) struct Simulation {
    pub(super) fates: Vec<Fate>,
    /// The record and the moment of each call of the function.
    pub(super) starts: Vec<(usize, u64)>,
    /// When the last record was done with.
    pub(super) end: u64,
}

/// The exact course of a batch whose records run one after another.
pub(super) fn simulate(case: &Case) -> Simulation {
    let cut = case.cut();
    let mut waits = fastrand::Rng::with_seed(case.seed);
    let mut now = 0;
    let mut is_reachable = true;
    // Of each message that was sent, whether that was confirmed.
    let mut sent = BTreeMap::new();
    let mut fates = vec![Fate::UNTOUCHED; case.records.len()];
    let mut starts = Vec::new();
    'batch: for (index, record) in case.records.iter().enumerate() {
        let failed = |before: usize| !fates[before].is_completed();
        let stopped = case.fifo && case.stop_batch && (0..index).any(failed);
        if stopped || case.before_in_group(index).any(failed) {
            fates[index] = Fate::NOT_RUN;
            continue;
        }
        if now >= cut {
            break;
        }
        let fate = &mut fates[index];
        loop {
            fate.attempts += 1;
            if !record.malformed {
                starts.push((index, now));
            }
            let Attempt { millis, result } = attempt(case, record, fate.attempts);
            // What ends at the very moment of the cut has ended.
            match millis.map(|millis| now + millis) {
                Some(end) if end <= cut => now = end,
                _ => {
                    now = cut;
                    break 'batch;
                }
            }
            let Err(why) = result else {
                fate.outcome = Outcome::Done;
                break;
            };
            if why.is_permanent() {
                fate.outcome = Outcome::Failed(why);
                if let Some(dlq) = case.dlq
                    && is_reachable
                    && !sent.contains_key(&record.id)
                {
                    if now + dlq.longest() > cut {
                        now = cut;
                        break 'batch;
                    }
                    now += dlq.longest();
                    is_reachable = dlq.is_reachable();
                    sent.insert(&record.id, dlq.confirms());
                }
                if sent.get(&record.id) == Some(&true) {
                    fate.outcome = Outcome::InDlq(why);
                }
                break;
            }
            if fate.attempts > case.retries {
                fate.outcome = Outcome::Failed(why);
                break;
            }
            fate.outcome = Outcome::OutOfTime { last: Some(why) };
            let until = now + waits.u64(0..=longest_wait(case, fate.attempts));
            if until >= cut {
                break;
            }
            now = until;
        }
    }
    Simulation {
        fates,
        starts,
        end: now,
    }
}

/// What must become of the records that there is surely time for, in whatever
/// order the lanes come to them; `None` is for the others.
///
/// Lanes take records, or groups, in order. As long as fewer hang than there
/// are lanes, one that is taken after others starts at the latest when all of
/// their work is done, were it done by one lane.
///
/// With `stop_batch` a record may also be not run because of another's failure.
pub(super) fn foreseen(case: &Case) -> Vec<Option<Fate>> {
    let units = units(case);
    let lanes = units.len().min(case.concurrency as usize);
    let mut fates = vec![None; case.records.len()];
    let mut latest = 0;
    let mut hanging = 0;
    for unit in &units {
        if hanging == lanes {
            break;
        }
        // What becomes of all that is behind a failure, or behind a hang.
        let mut behind = None;
        for &index in unit {
            if behind.is_some() {
                fates[index] = behind;
                continue;
            }
            let alone = alone(case, &case.records[index]);
            latest += alone.longest;
            if latest >= case.cut() {
                return fates;
            }
            fates[index] = Some(alone.fate);
            if alone.hangs {
                hanging += 1;
                behind = Some(Fate::UNTOUCHED);
            } else if !alone.fate.is_completed() {
                behind = Some(Fate::NOT_RUN);
            }
        }
    }
    fates
}

/// What a lane takes at once.
fn units(case: &Case) -> Vec<Vec<usize>> {
    let mut units: Vec<Vec<usize>> = Vec::new();
    for index in 0..case.records.len() {
        match case.before_in_group(index).next() {
            Some(first) => {
                let unit = units.iter_mut().find(|unit| unit[0] == first);
                unit.expect("a group begins before it goes on").push(index);
            }
            None => units.push(vec![index]),
        }
    }
    units
}
