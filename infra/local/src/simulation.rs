//! The simulation: all parts together, and time.

mod delivery;
mod finish;
mod settings;
mod start;
mod step;
mod worker;

pub use settings::{BadMessage, Settings, StartError};

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::clock::{Clock, add};
use crate::dependency::Dependencies;
use crate::lambda::Invocation;
use crate::ledger::Ledger;
use crate::scheduler::Attempt;
use crate::sqs::{Message, SharedSqs, Sqs};
use crate::summary::{EndedBy, Summary};
use crate::timeline::Output;
use crate::until::Until;
use worker::Worker;

/// A running simulation. Dropping it ends its processes and servers.
#[derive(Debug)]
pub struct Simulation {
    clock: Clock,
    sqs: SharedSqs,
    /// Of the queues.
    changes: watch::Receiver<()>,
    /// The clock may be moved again.
    released: watch::Receiver<()>,
    endpoint: String,
    workers: Vec<Worker>,
    invocations: JoinSet<Finished>,
    ledger: Ledger,
    start: Timestamp,
    until: Until,
    real_time: bool,
    logs: bool,
    api: JoinHandle<std::io::Result<()>>,
    /// Served as long as the simulation lives.
    _dependencies: Dependencies,
}

/// An invocation that is over.
#[derive(Debug)]
struct Finished {
    /// Which function of the stack.
    worker: usize,
    task: Task,
    invocation: Invocation,
}

/// What an invocation was for.
#[derive(Debug)]
enum Task {
    Batch(Vec<Message>),
    Redrive(Attempt),
}

impl Simulation {
    /// Where the SQS API is: `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The queues.
    pub fn sqs(&self) -> &SharedSqs {
        &self.sqs
    }

    /// Runs until every message is done, or has kept failing as long as the
    /// settings allow. `tell` hears what happens; the summary is not part of
    /// it. A run that is dropped half-way can be gone on with.
    pub async fn run(&mut self, mut tell: impl FnMut(Output)) {
        loop {
            self.changes.mark_unchanged();
            self.released.mark_unchanged();
            let due = self.step(&mut tell);
            if self.is_over() {
                return;
            }
            let idle = self.invocations.is_empty();
            if idle && due.is_some_and(|due| self.clock.jump(due)) {
                continue;
            }
            tokio::select! {
                Some(finished) = self.invocations.join_next() => {
                    // An invocation's task neither panics nor is it cancelled.
                    if let Ok(finished) = finished {
                        self.finish(finished, &mut tell);
                    }
                }
                () = sleep(due.map(|due| self.clock.until(due))) => {}
                _ = self.changes.changed() => {}
                _ = self.released.changed() => {}
            }
        }
    }

    fn is_over(&self) -> bool {
        self.ended_by() != EndedBy::Interrupted
    }

    /// Why it has ended; it is interrupted as long as it has not.
    fn ended_by(&self) -> EndedBy {
        if !self.invocations.is_empty() {
            return EndedBy::Interrupted;
        }
        let settled = self.sqs.read(|sqs, _| self.settled_by(sqs));
        let time_is_up = matches!(
            self.until,
            Until::Elapsed(length) if self.clock.now() >= add(self.start, length)
        );
        match settled {
            Some(ended_by) => ended_by,
            None if time_is_up => EndedBy::Time,
            None => EndedBy::Interrupted,
        }
    }

    /// What leaves nothing to do, if that is so.
    fn settled_by(&self, sqs: &Sqs) -> Option<EndedBy> {
        let is_settled =
            |worker: &Worker| worker.is_at_rest(sqs) && worker.is_settled(sqs, self.until);
        if sqs.is_moving() || !self.workers.iter().all(is_settled) {
            return None;
        }
        let left = || self.workers.iter().filter(|worker| worker.has_dead(sqs));
        Some(if left().next().is_none() {
            EndedBy::Empty
        } else if left().any(|worker| worker.redrive.is_some()) {
            EndedBy::Redrives
        } else {
            EndedBy::NoRedrive
        })
    }

    /// What has become of everything so far.
    pub fn summary(&self) -> Summary {
        let ended_by = self.ended_by();
        self.sqs
            .read(|sqs, now| self.ledger.summary(sqs, now, ended_by))
    }

    /// Whether time passes as it does outside.
    pub fn is_real_time(&self) -> bool {
        self.real_time
    }
}

/// For ever, if there is no end.
async fn sleep(length: Option<std::time::Duration>) {
    match length {
        Some(length) => tokio::time::sleep(length).await,
        None => std::future::pending().await,
    }
}

impl Drop for Simulation {
    fn drop(&mut self) {
        self.api.abort();
    }
}
