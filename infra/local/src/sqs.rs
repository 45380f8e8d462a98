//! SQS: the queues, what moves between them, and what happened to each message.

pub mod api;
mod error;
mod message;
mod move_task;
mod queue;
mod send;
mod shared;
mod tasks;

pub use error::SqsError;
pub use message::{Attribute, AttributeValue, Message, Origin};
pub use move_task::{MoveStatus, MoveTask};
pub use queue::{Counts, Most, Queue, QueueConfig, RedrivePolicy};
pub use send::{Outgoing, Sent};
pub use shared::SharedSqs;

pub(crate) use message::{md5_of_attributes, md5_of_body, system_attributes};

use std::collections::BTreeMap;

use jiff::Timestamp;
use redrive_infra::stack::Stack;

/// What SQS's own settings give a queue the template says nothing about, in
/// seconds.
const DEFAULT_VISIBILITY: u32 = 30;

/// All queues.
///
/// Nothing here looks at a clock: every call is told the time, and
/// [`advance`](Self::advance) does what has come due by then.
#[derive(Debug)]
pub struct Sqs {
    queues: BTreeMap<String, Queue>,
    tasks: Vec<MoveTask>,
    facts: Vec<Fact>,
    rng: fastrand::Rng,
    duplicates: bool,
    next_origin: u32,
    next_sequence: u64,
}

/// Something that happened to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// When.
    pub at: Timestamp,
    /// To which message.
    pub origin: Origin,
    /// The queue it is, or was last, in.
    pub queue: String,
    /// What.
    pub what: What,
}

/// What can happen to a message inside SQS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It was sent.
    Sent {
        /// Its id.
        id: String,
    },
    /// Whoever received it sent a copy of it on.
    SentOn {
        /// The copy's id.
        id: String,
        /// Why, if the worker said so.
        why: Option<String>,
    },
    /// A copy of it was sent on, and a FIFO queue took that for one it had
    /// already.
    CopyDropped,
    /// A FIFO queue took it for one it had already and did not keep it.
    Duplicate,
    /// It was deleted, and will be delivered once more all the same.
    Again,
    /// It was deleted.
    Deleted,
    /// The queue's messages were all deleted.
    Purged,
    /// It was received too often and went to the DLQ.
    DeadLettered {
        /// The queue that gave it up.
        from: String,
        /// How often it had been received.
        receive_count: u32,
    },
    /// A move task brought it back.
    Redriven {
        /// The DLQ.
        from: String,
        /// Its new id.
        id: String,
    },
    /// It had been kept for the retention period.
    Expired,
}

impl Sqs {
    /// No queues; `seed` decides ids and orders.
    pub fn new(seed: u64) -> Self {
        Self {
            queues: BTreeMap::new(),
            tasks: Vec::new(),
            facts: Vec::new(),
            rng: fastrand::Rng::with_seed(seed),
            duplicates: false,
            next_origin: 0,
            next_sequence: 0,
        }
    }

    /// The source queues and DLQs of `stack`, as its template creates them.
    pub fn of_stack(stack: &Stack, seed: u64) -> Self {
        let mut sqs = Self::new(seed);
        for function in stack.functions.iter().map(|entry| &entry.function) {
            sqs.create(QueueConfig {
                name: function.dlq(),
                visibility_timeout: DEFAULT_VISIBILITY,
                retention: function.dlq_retention,
                redrive_policy: None,
            });
            sqs.create(QueueConfig {
                name: function.queue.clone(),
                visibility_timeout: function.visibility_timeout,
                retention: function.retention,
                redrive_policy: Some(RedrivePolicy {
                    dead_letter_queue: function.dlq(),
                    max_receive_count: function.max_receive_count,
                }),
            });
        }
        sqs
    }

    /// Lets the source queues that are standard queues deliver about a quarter of
    /// their messages once more after they were done, as SQS may: it delivers at
    /// least once.
    #[must_use]
    pub fn with_duplicates(self, duplicates: bool) -> Self {
        Self { duplicates, ..self }
    }

    /// Adds a queue, in place of one of that name.
    pub fn create(&mut self, config: QueueConfig) {
        self.queues.insert(config.name.clone(), Queue::new(config));
    }

    /// The queue `name`.
    ///
    /// # Errors
    /// There is none.
    pub fn queue(&self, name: &str) -> Result<&Queue, SqsError> {
        self.queues.get(name).ok_or_else(SqsError::no_queue)
    }

    /// All queues, by name.
    pub fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.queues.values()
    }

    /// The queues whose DLQ is `name`.
    pub fn sources_of(&self, name: &str) -> impl Iterator<Item = &Queue> {
        self.queues.values().filter(move |queue| {
            queue
                .config
                .redrive_policy
                .as_ref()
                .is_some_and(|policy| policy.dead_letter_queue == name)
        })
    }

    /// Receives messages, hidden for `visibility` seconds (`None`:
    /// as the queue says). Those received too often before go to the DLQ
    /// instead.
    ///
    /// # Errors
    /// There is no such queue.
    pub fn receive(
        &mut self,
        name: &str,
        most: Most,
        visibility: Option<u32>,
        now: Timestamp,
    ) -> Result<Vec<Message>, SqsError> {
        self.advance(now);
        let queue = self.queues.get_mut(name).ok_or_else(SqsError::no_queue)?;
        let visibility = visibility.unwrap_or(queue.config.visibility_timeout);
        let received = queue.receive(now, most, visibility, &mut self.rng);
        for message in received.dead {
            self.give_up(name, message, now);
        }
        Ok(received.delivered)
    }

    /// Moves a message to its queue's DLQ: the same message id, and on a
    /// standard queue the same age.
    fn give_up(&mut self, name: &str, mut message: Message, now: Timestamp) {
        let source = &self.queues[name];
        let Some(policy) = source.config.redrive_policy.clone() else {
            return;
        };
        message.dead_letter_source = Some(source.arn());
        message.invisible_until = None;
        if source.is_fifo() {
            message.retained_from = now;
            message.deduplication = Some(message.id.clone());
        }
        self.facts.push(Fact {
            at: now,
            origin: message.origin,
            queue: policy.dead_letter_queue.clone(),
            what: What::DeadLettered {
                from: name.to_owned(),
                receive_count: message.receive_count,
            },
        });
        if let Some(dlq) = self.queues.get_mut(&policy.dead_letter_queue) {
            dlq.push(message);
        }
    }

    /// Deletes a received message. A handle whose message is gone, or has been
    /// received again since, does nothing, as on AWS.
    ///
    /// # Errors
    /// There is no such queue, the handle is none, or on a FIFO queue it has
    /// expired.
    pub fn delete(&mut self, name: &str, handle: &str, now: Timestamp) -> Result<(), SqsError> {
        self.advance(now);
        let queue = self.queues.get_mut(name).ok_or_else(SqsError::no_queue)?;
        if self.duplicates
            && self.rng.u8(..4) == 0
            && let Some(message) = queue.keep(handle)
        {
            self.note(now, &message, name, What::Again);
        } else if let Some(message) = queue.delete(handle, now)? {
            self.note(now, &message, name, What::Deleted);
        }
        Ok(())
    }

    /// Deletes all messages of a queue.
    ///
    /// # Errors
    /// There is no such queue.
    pub fn purge(&mut self, name: &str, now: Timestamp) -> Result<(), SqsError> {
        let queue = self.queues.get_mut(name).ok_or_else(SqsError::no_queue)?;
        for message in queue.purge() {
            self.note(now, &message, name, What::Purged);
        }
        Ok(())
    }

    /// Lets the current receive of a message end `seconds` from now.
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
        let queue = self.queues.get_mut(name).ok_or_else(SqsError::no_queue)?;
        queue.change_visibility(handle, seconds, now)
    }

    /// Does what has come due: retention that ends, and moves of move tasks.
    pub fn advance(&mut self, now: Timestamp) {
        self.expire(now);
        self.run_tasks(now);
    }

    fn expire(&mut self, now: Timestamp) {
        for (name, queue) in &mut self.queues {
            for message in queue.expire(now) {
                self.facts.push(Fact {
                    at: now,
                    origin: message.origin,
                    queue: name.clone(),
                    what: What::Expired,
                });
            }
        }
    }

    /// When time alone next changes something: a message becomes receivable or
    /// expires, or a move task goes on.
    pub fn next_due(&self, now: Timestamp) -> Option<Timestamp> {
        let queues = self
            .queues
            .values()
            .flat_map(|queue| [queue.next_visible(now), queue.next_expiry()])
            .flatten();
        let tasks = self
            .tasks
            .iter()
            .filter(|task| task.is_running())
            .map(|task| task.next_at);
        queues.chain(tasks).min()
    }

    /// What has happened since this was last called, in order.
    pub fn take_facts(&mut self) -> Vec<Fact> {
        std::mem::take(&mut self.facts)
    }

    fn note(&mut self, at: Timestamp, message: &Message, queue: &str, what: What) {
        self.facts.push(Fact {
            at,
            origin: message.origin,
            queue: queue.to_owned(),
            what,
        });
    }

    /// A new id, in the form SQS gives them.
    fn new_id(&mut self) -> String {
        let bytes = self.rng.u128(..).to_be_bytes();
        uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .to_string()
    }

    /// A new sequence number for a FIFO queue: 20 digits that grow.
    fn new_sequence(&mut self) -> String {
        self.next_sequence += 1;
        format!("1885{:016}", self.next_sequence)
    }
}

#[cfg(test)]
mod tests;
