//! The simulation, which joins all parts and moves the time.

mod delivery;
mod finish;
mod given;
mod options;
mod send;
mod start;
mod start_error;
mod step;
mod worker;

pub use given::Given;
pub use options::SimulationOptions;
pub use start_error::StartError;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::{Clock, add};
use crate::lambda::Invocation;
use crate::ledger::Ledger;
use crate::scheduler::Attempt;
use crate::server::Server;
use crate::sqs::{Message, SharedSqs, Sqs};
use crate::summary::{EndedBy, Summary};
use crate::timeline::OutputLine;
use crate::until::Until;
use worker::Worker;

/// A running simulation. Dropping it ends its processes and servers.
#[derive(Debug)]
pub struct Simulation {
    clock: Clock,
    sqs: SharedSqs,
    /// Notifies of changes of the queues, and when the clock can be moved.
    wakes: watch::Receiver<()>,
    workers: Vec<Worker>,
    invocations: JoinSet<Finished>,
    ledger: Ledger,
    /// What [`run`](Self::run) has not emitted yet.
    output: Vec<OutputLine>,
    options: SimulationOptions,
    /// SQS and SNS, the HTTP stubs, and DynamoDB.
    servers: [Server; 3],
}

/// A finished invocation.
#[derive(Debug)]
struct Finished {
    /// The index of the function.
    worker: usize,
    /// The name of the Lambda function.
    name: String,
    task: Task,
    invocation: Invocation,
}

/// The purpose of an invocation.
#[derive(Debug)]
enum Task {
    Batch(Vec<Message>),
    Redrive(Attempt),
}

impl Simulation {
    /// The address of the SQS API: `http://127.0.0.1:<port>`.
    pub fn endpoint(&self) -> String {
        self.servers[0].url()
    }

    /// The queues.
    pub fn sqs(&self) -> &SharedSqs {
        &self.sqs
    }

    /// Runs until every message is completed, or has kept failing as long as the
    /// options allow, and then shuts the functions down. `emit` gets all output
    /// except the summary. If the future is dropped, a new one continues the run.
    pub async fn run(&mut self, mut emit: impl FnMut(OutputLine)) {
        loop {
            self.wakes.mark_unchanged();
            let due = self.step();
            self.output.drain(..).for_each(&mut emit);
            if self.ended_by() != EndedBy::Interrupted {
                return self.shut_down(emit).await;
            }
            let idle = self.invocations.is_empty();
            if idle && due.is_some_and(|due| self.clock.jump(due)) {
                continue;
            }
            tokio::select! {
                Some(finished) = self.invocations.join_next() => {
                    // An invocation's task neither panics nor is cancelled.
                    if let Ok(finished) = finished {
                        self.finish(finished);
                    }
                }
                () = sleep(due.map(|due| self.clock.until(due))) => {}
                _ = self.wakes.changed() => {}
            }
        }
    }

    /// Shuts down the functions that are not in an invocation, as Lambda does after
    /// some idle time: with SIGTERM if they have registered an extension.
    pub async fn shut_down(&mut self, emit: impl FnMut(OutputLine)) {
        let mut logs = Vec::new();
        for worker in &self.workers {
            let redrive = worker.redrive.as_ref().map(|redrive| &redrive.pool);
            for pool in [Some(&worker.workers), redrive].into_iter().flatten() {
                let log = pool.shut_down().await;
                logs.push((pool.function().name.clone(), log));
            }
        }
        for (name, log) in logs {
            self.log(&name, &log);
        }
        self.output.drain(..).for_each(emit);
    }

    /// Why it has ended, or `Interrupted` if it has not.
    fn ended_by(&self) -> EndedBy {
        if !self.invocations.is_empty() {
            return EndedBy::Interrupted;
        }
        let settled = self.sqs.read(|sqs, _| self.settled_by(sqs));
        let time_is_up = matches!(
            self.options.until,
            Until::Elapsed(length) if self.clock.now() >= add(self.options.start, length)
        );
        match settled {
            Some(ended_by) => ended_by,
            None if time_is_up => EndedBy::Time,
            None => EndedBy::Interrupted,
        }
    }

    /// Why there is nothing left to do, if that is so.
    fn settled_by(&self, sqs: &Sqs) -> Option<EndedBy> {
        let is_settled =
            |worker: &Worker| worker.is_at_rest(sqs) && worker.is_settled(sqs, self.options.until);
        if sqs.is_moving() || !self.workers.iter().all(is_settled) {
            return None;
        }
        let left = || {
            self.workers
                .iter()
                .filter(|worker| worker.has_dead_letters(sqs))
        };
        let is_waiting = |worker: &Worker| worker.is_paused && worker.has_messages(sqs);
        Some(if self.workers.iter().any(is_waiting) {
            EndedBy::Paused
        } else if left().next().is_none() {
            EndedBy::Empty
        } else if left().any(|worker| worker.redrive.is_some()) {
            EndedBy::Redrives
        } else {
            EndedBy::NoRedrive
        })
    }

    /// The state of every message.
    pub fn summary(&self) -> Summary {
        let ended_by = self.ended_by();
        self.sqs
            .read(|sqs, now| self.ledger.summary(sqs, now, ended_by))
    }
}

/// Sleeps forever without a length.
async fn sleep(length: Option<std::time::Duration>) {
    match length {
        Some(length) => tokio::time::sleep(length).await,
        None => std::future::pending().await,
    }
}
