//! The world: all parts together, and time.

mod finish;
mod settings;
mod worker;

pub use settings::{Settings, StartError};

use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::clock::{Clock, add};
use crate::dependency::Dependencies;
use crate::esm::event;
use crate::journal::Journal;
use crate::lambda::Invocation;
use crate::scheduler::Attempt;
use crate::sqs::{self, Message, SharedSqs, Sqs};
use crate::story::Story;
use crate::summary::Summary;
use crate::timeline::{Event, Happening, Output};
use crate::until::Until;
use worker::Worker;

/// A running world. Dropping it ends its processes and servers.
#[derive(Debug)]
pub struct World {
    clock: Clock,
    sqs: SharedSqs,
    changes: watch::Receiver<()>,
    endpoint: String,
    workers: Vec<Worker>,
    invocations: JoinSet<Finished>,
    journal: Journal,
    start: Timestamp,
    until: Until,
    real_time: bool,
    logs: bool,
    api: JoinHandle<std::io::Result<()>>,
    /// Served as long as the world lives.
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

impl World {
    /// Creates the queues of the stack, serves their API, and sends the
    /// messages of `story`. Nothing is received before [`run`](Self::run).
    ///
    /// # Errors
    /// The settings lack something, or a message cannot be sent.
    pub async fn start(settings: Settings, story: Story) -> Result<Self, StartError> {
        let Settings {
            stack,
            binaries,
            start,
            real_time,
            until,
            seed,
            logs,
        } = settings;
        if stack.functions.is_empty() {
            let package = stack.package;
            return Err(StartError::NoFunctions { package });
        }
        let clock = if real_time {
            Clock::real_time(start)
        } else {
            Clock::simulated(start)
        };
        let sqs = SharedSqs::new(Sqs::of_stack(&stack, seed), clock.clone());
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(StartError::Bind)?;
        let address = listener.local_addr().map_err(StartError::Bind)?;
        let endpoint = format!("http://{address}");
        let router = sqs::api::router(sqs.clone(), &endpoint);
        let dependencies = Dependencies::serve(story.dependencies.clone(), clock.clone()).await;
        let dependencies = dependencies.map_err(StartError::Bind)?;

        let mut workers = Vec::new();
        for (index, entry) in stack.functions.iter().enumerate() {
            let binary = binaries.get(&entry.binary).ok_or_else(|| {
                let name = entry.binary.clone();
                StartError::NoBinary { name }
            })?;
            let seed = seed.wrapping_add(index as u64);
            let variables = &dependencies.variables;
            let worker = Worker::new(entry, Path::new(binary), &endpoint, variables, start, seed)?;
            workers.push(worker);
        }
        let mut world = Self {
            changes: sqs.changes(),
            journal: Journal::new(start),
            invocations: JoinSet::new(),
            api: tokio::spawn(async move { axum::serve(listener, router).await }),
            _dependencies: dependencies,
            clock,
            sqs,
            endpoint,
            workers,
            start,
            until,
            real_time,
            logs,
        };
        world.send(story)?;
        Ok(world)
    }

    fn send(&mut self, story: Story) -> Result<(), StartError> {
        let queues: Vec<String> = self
            .workers
            .iter()
            .map(|worker| worker.function.queue.clone())
            .collect();
        for (index, mut entry) in story.messages.into_iter().enumerate() {
            let queue = match (&entry.queue, &queues[..]) {
                (None, [only]) => only.clone(),
                (Some(queue), _) if queues.contains(queue) => queue.clone(),
                _ => {
                    let message = entry.name;
                    return Err(StartError::WhichQueue { message, queues });
                }
            };
            if queue.ends_with(".fifo") {
                // Two lines are two messages, however alike they are.
                let id = || format!("line-{index}");
                entry.message.deduplication.get_or_insert_with(id);
            }
            let sent = self
                .sqs
                .change(|sqs, now| sqs.send(&queue, entry.message, now));
            match sent {
                Ok(sent) => self.journal.name(sent.origin, &entry.name),
                Err(reason) => {
                    let message = entry.name;
                    return Err(StartError::Refused {
                        message,
                        queue,
                        reason,
                    });
                }
            }
        }
        Ok(())
    }

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
            }
        }
    }

    /// Does all that is due, and says when the next thing is.
    fn step(&mut self, tell: &mut impl FnMut(Output)) -> Option<Timestamp> {
        self.fire_schedules(tell);
        self.poll_queues();
        self.tell_facts(tell);
        let now = self.clock.now();
        let sqs = self.sqs.read(|sqs, now| sqs.next_due(now));
        let mappings = self
            .workers
            .iter()
            .filter_map(|worker| worker.mapping.next_due());
        let schedules = self.workers.iter().filter_map(|worker| {
            let redrive = worker.redrive.as_ref()?;
            redrive.scheduler.next_due()
        });
        let end = match self.until {
            Until::Elapsed(length) => Some(add(self.start, length)),
            Until::Redrives(_) => None,
        };
        mappings
            .chain(schedules)
            .chain(sqs)
            .chain(end)
            .filter(|&at| at > now)
            .min()
    }

    fn poll_queues(&mut self) {
        for (index, worker) in self.workers.iter_mut().enumerate() {
            let batches = self.sqs.read(|sqs, now| {
                sqs.advance(now);
                worker.mapping.poll(sqs, now)
            });
            for batch in batches {
                let payload = event(&worker.function.queue, &batch).to_string();
                let pool = Arc::clone(&worker.workers);
                let clock = self.clock.clone();
                self.invocations.spawn(async move {
                    Finished {
                        worker: index,
                        invocation: pool.invoke(payload, &clock).await,
                        task: Task::Batch(batch),
                    }
                });
            }
        }
    }

    fn fire_schedules(&mut self, tell: &mut impl FnMut(Output)) {
        let now = self.clock.now();
        for (index, worker) in self.workers.iter_mut().enumerate() {
            let Some(redrive) = &mut worker.redrive else {
                continue;
            };
            let Some(attempt) = redrive.scheduler.poll(now) else {
                continue;
            };
            let queue = worker.function.dlq();
            let waiting = self
                .sqs
                .read(|sqs, _| sqs.queue(&queue).map_or(0, |queue| queue.messages().len()));
            if attempt.number == 1 {
                self.journal.counts.redrives += 1;
                redrive.useful += u32::from(waiting > 0);
                if self.until == Until::Redrives(redrive.useful) {
                    redrive.scheduler.stop();
                }
            }
            tell(Output::Event(Event {
                time: now,
                message: None,
                happening: Happening::Redrive {
                    function: redrive.pool.function().name.clone(),
                    schedule: redrive.scheduler.describe(),
                    queue,
                    waiting,
                    attempt: attempt.number,
                },
            }));
            let pool = Arc::clone(&redrive.pool);
            let clock = self.clock.clone();
            self.invocations.spawn(async move {
                Finished {
                    worker: index,
                    // The schedule's target has this input.
                    invocation: pool.invoke("{}".to_owned(), &clock).await,
                    task: Task::Redrive(attempt),
                }
            });
        }
    }

    fn tell_facts(&mut self, tell: &mut impl FnMut(Output)) {
        let facts = self.sqs.read(|sqs, _| sqs.take_facts());
        if !facts.is_empty() {
            self.sqs.notify();
        }
        for fact in facts {
            if let Some(event) = self.journal.fact(fact) {
                tell(Output::Event(event));
            }
        }
    }

    fn is_over(&self) -> bool {
        if !self.invocations.is_empty() {
            return false;
        }
        if let Until::Elapsed(length) = self.until
            && self.clock.now() >= add(self.start, length)
        {
            return true;
        }
        self.sqs.read(|sqs, _| {
            let at_rest =
                !sqs.is_moving() && self.workers.iter().all(|worker| worker.is_at_rest(sqs));
            at_rest
                && self
                    .workers
                    .iter()
                    .all(|worker| worker.is_settled(sqs, self.until))
        })
    }

    /// What has become of everything so far.
    pub fn summary(&self) -> Summary {
        self.sqs.read(|sqs, now| self.journal.summary(sqs, now))
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

impl Drop for World {
    fn drop(&mut self) {
        self.api.abort();
    }
}
