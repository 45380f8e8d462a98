//! The event source mapping: Lambda polls a queue, gathers batches, and deletes
//! the messages that the function did not report as failed; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>.

mod payload;
mod response;

pub(crate) use payload::payload;
use payload::size;
pub(crate) use response::failed_ids;

use jiff::Timestamp;
use redrive_model::duration::seconds;
use redrive_model::limits::{FIRST_BATCHES, POLLER_INVOCATIONS};
use redrive_syntax::function::Function;

use crate::clock::add_seconds;
use crate::sqs::{Message, Queue, ReceiveLimit, Sqs};

/// The maximum bytes of the records of an event: Lambda's limit for the event,
/// minus the rest of the event; see
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const FULL_PAYLOAD: usize = 6 * 1_048_576 - 64;

/// Lambda's poller of one queue.
#[derive(Debug)]
pub(crate) struct Mapping {
    queue: String,
    batch_size: usize,
    batch_window: u32,
    free: usize,
    /// The next batch, which waits for the batch window to end.
    gathered: Vec<Message>,
}

impl Mapping {
    pub(crate) fn new(function: &Function) -> Self {
        let started = match function.pollers {
            Some(pollers) => pollers.min * POLLER_INVOCATIONS,
            None => FIRST_BATCHES,
        };
        let limit = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
        Self {
            queue: function.queue_name(),
            batch_size: limit(function.batch_size),
            batch_window: seconds(function.batch_window),
            free: [function.max_concurrency, function.reserved_concurrency]
                .into_iter()
                .flatten()
                .fold(started, u32::min)
                .try_into()
                .unwrap_or(usize::MAX),
            gathered: Vec::new(),
        }
    }

    /// Polls the queue and returns the batches to invoke the function with. Each
    /// counts towards the concurrency until [`finished`](Self::finished).
    pub(crate) fn poll(&mut self, sqs: &mut Sqs, now: Timestamp) -> Vec<Vec<Message>> {
        let mut batches = Vec::new();
        while self.free > 0 {
            let is_full = self.fill(sqs, now);
            let Some(end) = self.next_due() else {
                break;
            };
            if !is_full && now < end {
                break;
            }
            batches.push(std::mem::take(&mut self.gathered));
            self.free -= 1;
        }
        batches
    }

    /// Receives messages, and returns whether the batch or the payload is full. The
    /// visibility timeout starts here, before the window ends.
    fn fill(&mut self, sqs: &mut Sqs, now: Timestamp) -> bool {
        let bytes = self.gathered.iter().map(size).sum();
        let limit = ReceiveLimit {
            messages: self.batch_size - self.gathered.len(),
            bytes: FULL_PAYLOAD.saturating_sub(bytes),
            size,
        };
        // The queue of a mapping always exists.
        let received = sqs.receive(&self.queue, limit, None, now);
        self.gathered.extend(received.unwrap_or_default());
        // A visible message that was not received did not fit.
        let has_more = |queue: &Queue| queue.counts(now).visible > 0;
        self.gathered.len() == self.batch_size || sqs.queue(&self.queue).is_ok_and(has_more)
    }

    /// An invocation has ended.
    pub(crate) fn finished(&mut self) {
        self.free += 1;
    }

    /// Whether received messages wait for the batch window to end.
    pub(crate) fn is_gathering(&self) -> bool {
        !self.gathered.is_empty()
    }

    /// When the batch window ends.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let since = self.gathered.first()?.received_at?;
        Some(add_seconds(since, self.batch_window))
    }
}

#[cfg(test)]
mod tests;
