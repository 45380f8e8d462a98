//! SQS: the queues, their messages, and the events of each message.

pub mod api;
mod error;
mod message;
mod queue;
mod send;
mod shared;
mod tasks;

pub use error::SqsError;
pub use message::{Attribute, AttributeValue, Attributes, Message, Origin};
pub use queue::{Counts, Queue, QueueConfig, ReceiveLimit, RedrivePolicy};
pub use send::Outgoing;
pub use shared::SharedSqs;
pub use tasks::{MoveStatus, MoveTask};

pub(crate) use message::{bytes_of, md5_of_attributes, md5_of_body, system_attributes};

use std::collections::BTreeMap;

use jiff::Timestamp;
use redrive_infra::stack::Stack;
use redrive_model::duration::seconds;
use redrive_model::limits::LONGEST_RETENTION;

use crate::names;
use crate::timeline::EventKind;

/// All queues.
///
/// It has no clock: every call passes the time, and [`advance`](Self::advance)
/// does what is due by then.
#[derive(Debug)]
pub struct Sqs {
    queues: BTreeMap<String, Queue>,
    tasks: Vec<MoveTask>,
    events: Vec<QueueEvent>,
    rng: fastrand::Rng,
    duplicates: bool,
    next_origin: u32,
    next_sequence: u64,
}

/// Something that happened to a message in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueEvent {
    /// The time.
    pub at: Timestamp,
    /// The message.
    pub origin: Origin,
    /// What happened.
    pub kind: EventKind,
}

impl Sqs {
    /// Without queues; `seed` determines the ids and the order of delivery.
    pub fn new(seed: u64) -> Self {
        Self {
            queues: BTreeMap::new(),
            tasks: Vec::new(),
            events: Vec::new(),
            rng: fastrand::Rng::with_seed(seed),
            duplicates: false,
            next_origin: 0,
            next_sequence: 0,
        }
    }

    /// The source queues, DLQs and parking queues of `stack`, as its template creates them.
    /// Queues that exist already are as their keys declare them.
    pub fn of_stack(stack: &Stack, seed: u64) -> Self {
        let mut sqs = Self::new(seed);
        let functions = || stack.functions.iter().map(|entry| &entry.function);
        for function in functions() {
            sqs.create(QueueConfig {
                arn: names::dlq_arn(function),
                retention: seconds(function.dlq_retention),
                ..QueueConfig::new(function.dlq_name())
            });
        }
        // A function may read the DLQ of another one.
        for function in functions() {
            sqs.create(QueueConfig {
                arn: names::source_arn(function),
                visibility_timeout: seconds(function.visibility_timeout),
                retention: seconds(function.retention),
                redrive_policy: Some(RedrivePolicy {
                    dead_letter_queue: function.dlq_name(),
                    max_receive_count: function.receives(),
                }),
                ..QueueConfig::new(function.queue_name())
            });
            if function.has_parking() {
                sqs.create(QueueConfig {
                    arn: names::parking_arn(function),
                    retention: seconds(LONGEST_RETENTION),
                    is_parking: true,
                    ..QueueConfig::new(function.parking_name())
                });
            }
        }
        sqs
    }

    /// Whether standard source queues deliver about a quarter of their messages a
    /// second time after they were deleted: SQS delivers at least once.
    #[must_use]
    pub fn with_duplicates(self, duplicates: bool) -> Self {
        Self { duplicates, ..self }
    }

    /// Adds a queue, or replaces the one with that name.
    pub fn create(&mut self, config: QueueConfig) {
        self.queues.insert(config.name.clone(), Queue::new(config));
    }

    /// The queue `name`.
    ///
    /// # Errors
    /// There is no such queue.
    pub fn queue(&self, name: &str) -> Result<&Queue, SqsError> {
        self.queues.get(name).ok_or(SqsError::NoQueue)
    }

    fn queue_mut(&mut self, name: &str) -> Result<&mut Queue, SqsError> {
        self.queues.get_mut(name).ok_or(SqsError::NoQueue)
    }

    /// The ARN of the queue `name`, if it exists.
    pub(crate) fn arn_of(&self, name: &str) -> Option<&str> {
        self.queues.get(name).map(|queue| &*queue.config.arn)
    }

    /// All queues, by name.
    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.queues.values()
    }

    /// The queues whose DLQ is `name`.
    pub fn sources_of(&self, name: &str) -> impl Iterator<Item = &Queue> {
        self.queues.values().filter(move |queue| {
            let policy = queue.config.redrive_policy.as_ref();
            policy.is_some_and(|policy| policy.dead_letter_queue == name)
        })
    }

    /// Receives messages, which are then invisible for `visibility` seconds
    /// (`None`: the queue's visibility timeout). Messages that were received too
    /// often before are moved to the DLQ instead.
    ///
    /// # Errors
    /// There is no such queue.
    pub fn receive(
        &mut self,
        name: &str,
        limit: ReceiveLimit,
        visibility: Option<u32>,
        now: Timestamp,
    ) -> Result<Vec<Message>, SqsError> {
        self.advance(now);
        for message in self.queue_mut(name)?.dead(now) {
            self.dead_letter(name, message, now);
        }
        let queue = self.queues.get_mut(name).ok_or(SqsError::NoQueue)?;
        let visibility = visibility.unwrap_or(queue.config.visibility_timeout);
        Ok(queue.receive(now, limit, visibility, &mut self.rng))
    }

    /// Moves a message to the DLQ of its queue. It keeps its id, and on a standard
    /// queue its age.
    fn dead_letter(&mut self, name: &str, mut message: Message, now: Timestamp) {
        let source = &self.queues[name];
        let Some(policy) = source.config.redrive_policy.clone() else {
            return;
        };
        message.dead_letter_source = Some(source.config.arn.clone());
        message.invisible_until = None;
        if source.is_fifo() {
            message.retained_from = now;
            message.deduplication = Some(message.id.clone());
        }
        let dead_lettered = EventKind::DeadLettered {
            from: name.to_owned(),
            queue: policy.dead_letter_queue.clone(),
            receives: message.receive_count,
            reason: None,
        };
        self.record(now, message.origin, dead_lettered);
        if let Some(dlq) = self.queues.get_mut(&policy.dead_letter_queue) {
            dlq.push(message);
        }
    }

    /// Deletes a received message. As on AWS, the handle of a message that is no
    /// longer in the queue, or has been received again since, does nothing.
    ///
    /// # Errors
    /// There is no such queue, the handle is invalid, or on a FIFO queue it has
    /// expired.
    pub fn delete(&mut self, name: &str, handle: &str, now: Timestamp) -> Result<(), SqsError> {
        self.advance(now);
        let queue = self.queues.get_mut(name).ok_or(SqsError::NoQueue)?;
        let name = name.to_owned();
        if self.duplicates
            && self.rng.u8(..4) == 0
            && let Some(message) = queue.redeliver(handle)
        {
            self.record(now, message.origin, EventKind::Redelivered { queue: name });
        } else if let Some(message) = queue.delete(handle, now)? {
            self.record(now, message.origin, EventKind::Deleted { queue: name });
        }
        Ok(())
    }

    /// Ends the current receive of a message `seconds` from now.
    ///
    /// # Errors
    /// There is no such queue, the message is not in flight, or the receive
    /// would last longer than 12 hours.
    pub fn change_visibility(
        &mut self,
        name: &str,
        handle: &str,
        seconds: u32,
        now: Timestamp,
    ) -> Result<(), SqsError> {
        self.advance(now);
        self.queue_mut(name)?
            .change_visibility(handle, seconds, now)
    }

    /// Does what is due: expires messages, and continues move tasks.
    pub fn advance(&mut self, now: Timestamp) {
        self.expire(now);
        self.run_tasks(now);
    }

    fn expire(&mut self, now: Timestamp) {
        for (name, queue) in &mut self.queues {
            let expired = queue.expire(now).into_iter().map(|message| QueueEvent {
                at: now,
                origin: message.origin,
                kind: EventKind::Expired {
                    queue: name.clone(),
                },
            });
            self.events.extend(expired);
        }
    }

    /// When the next message becomes visible or expires, or a move task continues.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let queues = self.queues.values();
        let queues = queues.filter_map(|queue| queue.next_due(now));
        let tasks = self
            .tasks
            .iter()
            .filter(|task| task.is_running())
            .map(|task| task.next_at);
        queues.chain(tasks).min()
    }

    /// The events since the last call, in order.
    pub fn take_events(&mut self) -> Vec<QueueEvent> {
        std::mem::take(&mut self.events)
    }

    fn record(&mut self, at: Timestamp, origin: Origin, kind: EventKind) {
        self.events.push(QueueEvent { at, origin, kind });
    }

    pub(crate) fn new_id(&mut self) -> String {
        names::new_id(&mut self.rng)
    }

    /// A new sequence number for a FIFO queue: 20 digits, ascending.
    pub(crate) fn new_sequence(&mut self) -> String {
        self.next_sequence += 1;
        format!("1885{:016}", self.next_sequence)
    }
}

#[cfg(test)]
mod tests;
