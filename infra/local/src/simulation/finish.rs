//! The end of an invocation, and its effect on the messages.

use super::delivery::{deliveries, explain};
use super::{Finished, Simulation, Task};
use crate::lambda::Invocation;
use crate::scheduler::Attempt;
use crate::sqs::Message;
use crate::timeline::{EventKind, OutputLine};

impl Simulation {
    pub(super) fn finish(&mut self, finished: Finished) {
        let Finished {
            worker,
            name,
            task,
            invocation,
        } = finished;
        // The function's own calls to SQS happened before its end.
        self.record_queue_events();
        self.ledger.counts.cold_starts += usize::from(invocation.cold_start);
        self.log(&name, &invocation.log);
        match task {
            Task::Batch(batch) => self.finish_batch(worker, &name, &batch, &invocation),
            Task::Redrive(attempt) => self.finish_redrive(worker, name, attempt, &invocation),
        }
    }

    pub(super) fn log(&mut self, function: &str, log: &[String]) {
        let time = self.clock.now();
        let lines = log.iter().filter(|_| self.options.logs);
        self.output.extend(lines.map(|line| OutputLine::Log {
            time,
            function: function.to_owned(),
            line: line.clone(),
        }));
    }

    fn finish_batch(
        &mut self,
        worker: usize,
        name: &str,
        batch: &[Message],
        invocation: &Invocation,
    ) {
        let now = self.clock.now();
        self.ledger.counts.invocations += 1;
        self.ledger.counts.failed_invocations += usize::from(invocation.outcome.is_err());
        let worker = &mut self.workers[worker];
        worker.mapping.finished();
        let queue = &worker.function.queue_name();
        let name_of = |message: &Message| self.ledger.name_of(message.origin);
        let deliveries = deliveries(name, &worker.function, batch, invocation, name_of);
        for (message, delivery) in batch.iter().zip(deliveries) {
            let completed = matches!(delivery, EventKind::Completed { .. });
            let event = self.ledger.delivery(message.origin, delivery, now);
            if completed {
                let handle = message.receipt_handle();
                // As on AWS, an expired receipt of a FIFO queue deletes nothing, and
                // the message is delivered again.
                let _ = self.sqs.change(|sqs, now| sqs.delete(queue, &handle, now));
            }
            self.output.extend(event.map(OutputLine::Event));
        }
    }

    fn finish_redrive(
        &mut self,
        worker: usize,
        function: String,
        attempt: Attempt,
        invocation: &Invocation,
    ) {
        let time = self.clock.now();
        let Some(redrive) = &mut self.workers[worker].redrive else {
            return;
        };
        let kind = match &invocation.outcome {
            Ok(answer) => EventKind::RedriveAnswered {
                function,
                answer: serde_json::from_slice(answer).unwrap_or_default(),
            },
            Err(failure) => {
                let wait = redrive.scheduler.failed(attempt, time);
                EventKind::RedriveFailed {
                    function,
                    reason: explain(failure, &invocation.log),
                    retry_in: wait.map(|wait| wait.as_secs()),
                }
            }
        };
        self.record(time, kind);
    }
}
