//! The end of an invocation: what it means for its messages, and what is told.

use super::delivery::{deliveries, explain};
use super::{Finished, Simulation, Task};
use crate::lambda::Invocation;
use crate::ledger::Delivery;
use crate::scheduler::Attempt;
use crate::sqs::Message;
use crate::timeline::{Event, Happening, Output};

impl Simulation {
    pub(super) fn finish(&mut self, finished: Finished, tell: &mut impl FnMut(Output)) {
        let Finished {
            worker,
            task,
            invocation,
        } = finished;
        // What the function did to the queues came before its end.
        self.tell_facts(tell);
        let function = match task {
            Task::Batch(_) => Some(&self.workers[worker].workers),
            Task::Redrive(_) => self.workers[worker]
                .redrive
                .as_ref()
                .map(|redrive| &redrive.pool),
        };
        let name = function.map_or_else(String::new, |pool| pool.function().name.clone());
        self.ledger.counts.cold_starts += usize::from(invocation.cold_start);
        if self.logs {
            let time = self.clock.now();
            for line in &invocation.log {
                tell(Output::Log {
                    time,
                    function: name.clone(),
                    line: line.clone(),
                });
            }
        }
        match task {
            Task::Batch(batch) => self.finish_batch(worker, &name, &batch, &invocation, tell),
            Task::Redrive(attempt) => {
                self.finish_redrive(worker, name, attempt, &invocation, tell);
            }
        }
    }

    fn finish_batch(
        &mut self,
        worker: usize,
        name: &str,
        batch: &[Message],
        invocation: &Invocation,
        tell: &mut impl FnMut(Output),
    ) {
        let now = self.clock.now();
        self.ledger.counts.invocations += 1;
        self.ledger.counts.failed_invocations += usize::from(invocation.outcome.is_err());
        let worker = &mut self.workers[worker];
        worker.mapping.finished();
        let queue = &worker.function.queue;
        let name_of = |message: &Message| self.ledger.name_of(message.origin);
        let deliveries = deliveries(&worker.function, batch, invocation, name_of);
        for (message, delivery) in batch.iter().zip(deliveries) {
            let done = matches!(delivery, Delivery::Done { .. });
            let event = self.ledger.delivery(message, name, delivery, now);
            if done {
                let handle = message.receipt_handle();
                // A FIFO receipt that has expired deletes nothing: the message
                // is delivered again, as on AWS.
                let _ = self.sqs.change(|sqs, now| sqs.delete(queue, &handle, now));
            }
            if let Some(event) = event {
                tell(Output::Event(event));
            }
        }
    }

    fn finish_redrive(
        &mut self,
        worker: usize,
        function: String,
        attempt: Attempt,
        invocation: &Invocation,
        tell: &mut impl FnMut(Output),
    ) {
        let time = self.clock.now();
        let Some(redrive) = &mut self.workers[worker].redrive else {
            return;
        };
        let happening = match &invocation.outcome {
            Ok(answer) => Happening::RedriveAnswered {
                function,
                answer: serde_json::from_slice(answer).unwrap_or_default(),
            },
            Err(failure) => Happening::RedriveFailed {
                function,
                why: explain(failure, &invocation.log),
                again_in: redrive
                    .scheduler
                    .failed(attempt, time)
                    .map(|wait| wait.as_secs()),
            },
        };
        tell(Output::Event(Event {
            time,
            message: None,
            happening,
        }));
    }
}
