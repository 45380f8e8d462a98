//! One step of a simulation: everything that is due at one time.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Finished, Simulation, Task};
use crate::clock::add;
use crate::event_source_mapping::payload;
use crate::lambda::Pool;
use crate::names;
use crate::timeline::{EventKind, OutputLine, TimelineEvent};
use crate::until::Until;

impl Simulation {
    /// Does everything that is due, and returns when something is due next.
    pub(super) fn step(&mut self) -> Option<Timestamp> {
        // What becomes due during this step is left to the next one.
        let now = self.clock.now();
        for index in 0..self.workers.len() {
            while self.fire_schedule(index, now).is_some() {}
        }
        self.poll_queues(now);
        self.record_queue_events();
        let sqs = self.sqs.read(|sqs, _| sqs.next_due(now));
        let mappings = self
            .workers
            .iter()
            .filter_map(|worker| worker.mapping.next_due());
        let schedules = self.workers.iter().filter_map(|worker| {
            let redrive = worker.redrive.as_ref()?;
            redrive.scheduler.next_due()
        });
        let end = match self.options.until {
            Until::Elapsed(length) => Some(add(self.options.start, length)),
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
        for index in 0..self.workers.len() {
            let worker = &mut self.workers[index];
            if worker.is_paused {
                continue;
            }
            let batches = self.sqs.read(|sqs, _| {
                sqs.advance(now);
                worker.mapping.poll(sqs, now)
            });
            for batch in batches {
                let worker = &self.workers[index];
                let payload = payload(&names::source_arn(&worker.function), &batch).to_string();
                let pool = Arc::clone(&worker.workers);
                self.invoke(index, pool, payload, Task::Batch(batch));
            }
        }
    }

    fn invoke(&mut self, worker: usize, pool: Arc<Pool>, payload: String, task: Task) {
        let clock = self.clock.clone();
        let request_id = self.sqs.read(|sqs, _| sqs.new_id());
        self.invocations.spawn(async move {
            Finished {
                worker,
                name: pool.function().name.clone(),
                task,
                invocation: pool.invoke(request_id, payload, &clock).await,
            }
        });
    }

    /// Starts the next redrive of a worker, if it is due.
    fn fire_schedule(&mut self, index: usize, now: Timestamp) -> Option<()> {
        let worker = &mut self.workers[index];
        let redrive = worker.redrive.as_mut()?;
        let attempt = redrive.scheduler.poll(now)?;
        let queue = worker.function.dlq_name();
        let waiting = self
            .sqs
            .read(|sqs, _| sqs.queue(&queue).map_or(0, |queue| queue.messages().len()));
        if attempt.number == 1 {
            self.ledger.counts.redrives += 1;
            redrive.effective += u32::from(waiting > 0);
            if self.options.until == Until::Redrives(redrive.effective) {
                redrive.scheduler.stop();
            }
        }
        let pool = Arc::clone(&redrive.pool);
        let kind = EventKind::Redrive {
            function: pool.function().name.clone(),
            schedule: redrive.scheduler.describe(now),
            queue,
            waiting,
            attempt: attempt.number,
        };
        self.record(now, kind);
        // The input of the schedule's target.
        let payload = "{}".to_owned();
        self.invoke(index, pool, payload, Task::Redrive(attempt));
        Some(())
    }

    /// Adds an event of a whole queue to the output.
    pub(super) fn record(&mut self, time: Timestamp, kind: EventKind) {
        self.output.push(OutputLine::Event(TimelineEvent {
            time,
            message: None,
            kind,
        }));
    }

    pub(super) fn record_queue_events(&mut self) {
        let events = self.sqs.read(|sqs, _| sqs.take_events());
        if !events.is_empty() {
            self.clock.wake();
        }
        let events = events.into_iter();
        let events = events.filter_map(|event| self.ledger.queue_event(event));
        self.output.extend(events.map(OutputLine::Event));
    }
}
