//! One step of a simulation: all that is due at one moment.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Finished, Simulation, Task};
use crate::clock::add;
use crate::event_source_mapping::event;
use crate::timeline::{Event, Happening, Output};
use crate::until::Until;

impl Simulation {
    /// Does all that is due, and says when the next thing is.
    pub(super) fn step(&mut self, tell: &mut impl FnMut(Output)) -> Option<Timestamp> {
        // One time for all: what comes due on the way is due after this step.
        let now = self.clock.now();
        self.fire_schedules(now, tell);
        self.poll_queues(now);
        self.tell_facts(tell);
        let sqs = self.sqs.read(|sqs, _| sqs.next_due(now));
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

    fn poll_queues(&mut self, now: Timestamp) {
        for (index, worker) in self.workers.iter_mut().enumerate() {
            let batches = self.sqs.read(|sqs, _| {
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

    fn fire_schedules(&mut self, now: Timestamp, tell: &mut impl FnMut(Output)) {
        for index in 0..self.workers.len() {
            while let Some(event) = self.fire_schedule(index, now) {
                tell(Output::Event(event));
            }
        }
    }

    /// Starts the next redrive of the worker that is due, and tells of it.
    fn fire_schedule(&mut self, index: usize, now: Timestamp) -> Option<Event> {
        let worker = &mut self.workers[index];
        let redrive = worker.redrive.as_mut()?;
        let attempt = redrive.scheduler.poll(now)?;
        let queue = worker.function.dlq();
        let waiting = self
            .sqs
            .read(|sqs, _| sqs.queue(&queue).map_or(0, |queue| queue.messages().len()));
        if attempt.number == 1 {
            self.ledger.counts.redrives += 1;
            redrive.useful += u32::from(waiting > 0);
            if self.until == Until::Redrives(redrive.useful) {
                redrive.scheduler.stop();
            }
        }
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
        Some(Event {
            time: now,
            message: None,
            happening: Happening::Redrive {
                function: redrive.pool.function().name.clone(),
                schedule: redrive.scheduler.describe(now),
                queue,
                waiting,
                attempt: attempt.number,
            },
        })
    }

    pub(super) fn tell_facts(&mut self, tell: &mut impl FnMut(Output)) {
        let facts = self.sqs.read(|sqs, _| sqs.take_facts());
        if !facts.is_empty() {
            self.sqs.notify();
        }
        for fact in facts {
            if let Some(event) = self.ledger.fact(fact) {
                tell(Output::Event(event));
            }
        }
    }
}
