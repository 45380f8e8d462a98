//! The event source mapping: Lambda polls a queue, gathers batches, and deletes
//! what the function did not report as failed; see
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>.

mod event;
mod response;

pub(crate) use event::event;
use event::size;
pub(crate) use response::failed_ids;

use jiff::Timestamp;
use redrive_syntax::function::Function;

use crate::clock::add_seconds;
use crate::sqs::{Message, Most, Sqs};

/// Concurrent invocations that Lambda starts a mapping with; the local simulator
/// does not go beyond.
const CONCURRENCY: usize = 5;

/// Most bytes of the records of an event: Lambda's limit for the event, less
/// what is around them; see
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>.
const FULL_PAYLOAD: usize = 6 * 1_048_576 - 64;

/// Lambda's poller of one queue.
#[derive(Debug)]
pub(crate) struct Mapping {
    queue: String,
    batch_size: usize,
    batch_window: u32,
    free: usize,
    gathering: Option<Gathering>,
}

#[derive(Debug)]
struct Gathering {
    since: Timestamp,
    messages: Vec<Message>,
    /// Of the records.
    bytes: usize,
}

impl Mapping {
    pub(crate) fn new(function: &Function) -> Self {
        let limit = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
        Self {
            queue: function.queue.clone(),
            batch_size: limit(function.batch_size),
            batch_window: function.batch_window,
            free: function
                .max_concurrency
                .map_or(CONCURRENCY, |max| CONCURRENCY.min(limit(max))),
            gathering: None,
        }
    }

    /// Polls the queue; the batches returned are ready to be invoked, and
    /// each takes up concurrency until [`finished`](Self::finished).
    pub(crate) fn poll(&mut self, sqs: &mut Sqs, now: Timestamp) -> Vec<Vec<Message>> {
        let mut batches = Vec::new();
        while self.free > 0 {
            let full = self.fill(sqs, now);
            let Some(gathering) = &self.gathering else {
                break;
            };
            if !full && now < add_seconds(gathering.since, self.batch_window) {
                break;
            }
            batches.extend(self.gathering.take().map(|gathering| gathering.messages));
            self.free -= 1;
        }
        batches
    }

    /// Receives until the batch or the payload is full, or the queue is empty;
    /// tells whether it is full. Visibility counts from here, before the
    /// window.
    fn fill(&mut self, sqs: &mut Sqs, now: Timestamp) -> bool {
        loop {
            let (messages, bytes) = self.gathering.as_ref().map_or((0, 0), |gathering| {
                (gathering.messages.len(), gathering.bytes)
            });
            let most = Most {
                messages: self.batch_size - messages,
                bytes: FULL_PAYLOAD.saturating_sub(bytes),
                size,
            };
            if most.messages == 0 {
                return true;
            }
            // The simulation creates a mapping only for a queue it has.
            let received = sqs
                .receive(&self.queue, most, None, now)
                .unwrap_or_default();
            if received.is_empty() {
                // What could be received and was not did not fit.
                return sqs
                    .queue(&self.queue)
                    .is_ok_and(|queue| queue.counts(now).visible > 0);
            }
            let gathering = self.gathering.get_or_insert_with(|| Gathering {
                since: now,
                messages: Vec::new(),
                bytes: 0,
            });
            gathering.bytes += received.iter().map(size).sum::<usize>();
            gathering.messages.extend(received);
        }
    }

    /// An invocation is over.
    pub(crate) fn finished(&mut self) {
        self.free += 1;
    }

    /// Whether messages wait for a batch to fill.
    pub(crate) fn is_gathering(&self) -> bool {
        self.gathering.is_some()
    }

    /// When the batch that is being gathered goes, full or not.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.gathering
            .as_ref()
            .map(|gathering| add_seconds(gathering.since, self.batch_window))
    }
}

#[cfg(test)]
mod tests;
