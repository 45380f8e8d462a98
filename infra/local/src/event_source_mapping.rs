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
use crate::sqs::{Message, ReceiveLimit, Sqs};

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
    gathering: Option<Gathering>,
}

#[derive(Debug)]
struct Gathering {
    since: Timestamp,
    messages: Vec<Message>,
    /// The bytes of the records.
    bytes: usize,
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
            gathering: None,
        }
    }

    /// Polls the queue and returns the batches to invoke the function with. Each
    /// counts towards the concurrency until [`finished`](Self::finished).
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

    /// Receives until the batch or the payload is full, or the queue is empty, and
    /// returns whether it is full. The visibility timeout starts here, before the
    /// window ends.
    fn fill(&mut self, sqs: &mut Sqs, now: Timestamp) -> bool {
        loop {
            let (messages, bytes) = self.gathering.as_ref().map_or((0, 0), |gathering| {
                (gathering.messages.len(), gathering.bytes)
            });
            let limit = ReceiveLimit {
                messages: self.batch_size - messages,
                bytes: FULL_PAYLOAD.saturating_sub(bytes),
                size,
            };
            if limit.messages == 0 {
                return true;
            }
            // The queue of a mapping always exists.
            let received = sqs
                .receive(&self.queue, limit, None, now)
                .unwrap_or_default();
            if received.is_empty() {
                // A visible message that was not received did not fit.
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

    /// An invocation has ended.
    pub(crate) fn finished(&mut self) {
        self.free += 1;
    }

    /// Whether received messages wait for the batch window to end.
    pub(crate) fn is_gathering(&self) -> bool {
        self.gathering.is_some()
    }

    /// When the batch window ends.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.gathering
            .as_ref()
            .map(|gathering| add_seconds(gathering.since, self.batch_window))
    }
}

#[cfg(test)]
mod tests;
