//! Message move tasks, which move the messages of a DLQ: starting, listing,
//! cancelling and running them.

use std::time::Duration;

use jiff::Timestamp;
use redrive_model::limits::MOVED_PER_SECOND;
use serde::Serialize;

use super::Sqs;
use super::error::SqsError;
use super::message::round;
use crate::clock::add;
use crate::timeline::EventKind;

/// A task moves the messages of this time at once. It also waits this long before
/// the first ones, so that its caller has the answer before anything moves, and
/// the order of events does not depend on the speed of the machine.
const STEP: Duration = Duration::from_secs(1);

/// A move task.
#[derive(Clone, Debug)]
pub struct MoveTask {
    /// `TaskHandle`.
    pub handle: String,
    /// The DLQ's name.
    pub source: String,
    /// The destination's name; `None`: the source queue of each message.
    pub destination: Option<String>,
    /// `MaxNumberOfMessagesPerSecond`.
    pub rate: Option<u32>,
    /// `StartedTimestamp`.
    pub started_at: Timestamp,
    /// `Status`.
    pub status: MoveStatus,
    /// `ApproximateNumberOfMessagesMoved`.
    pub moved: usize,
    /// `ApproximateNumberOfMessagesToMove`: the number in the DLQ at the start.
    pub to_move: usize,
    /// When the next messages move.
    pub(crate) next_at: Timestamp,
}

/// The state of a move task, as SQS names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum MoveStatus {
    /// It moves messages.
    Running,
    /// It has moved all messages.
    Completed,
    /// Messages that were moved before stay moved.
    Cancelled,
    /// The source of a message is not known.
    Failed,
}

impl MoveTask {
    /// Whether it has not ended.
    pub fn is_running(&self) -> bool {
        self.status == MoveStatus::Running
    }
}

impl Sqs {
    /// `StartMessageMoveTask`: returns the task's handle.
    ///
    /// # Errors
    /// The source is not a DLQ, the destination does not exist or is of the other
    /// type, the rate is out of range, or a task is running.
    pub fn start_move_task(
        &mut self,
        source_arn: &str,
        destination_arn: Option<&str>,
        rate: Option<u32>,
        now: Timestamp,
    ) -> Result<String, SqsError> {
        self.advance(now);
        let invalid = |problem| Err(SqsError::invalid_parameter(problem));
        let source = self.queue_of("SourceArn", source_arn)?.to_owned();
        if self.sources_of(&source).next().is_none() {
            return invalid("Source queue must be configured as a Dead Letter Queue.");
        }
        let destination = destination_arn.map(|arn| self.queue_of("DestinationArn", arn));
        let destination = destination.transpose()?.map(str::to_owned);
        if let Some(destination) = &destination {
            if *destination == source {
                return invalid("Source queue arn and destination queue arn cannot be the same.");
            }
            if self.queue(destination)?.is_fifo() != self.queue(&source)?.is_fifo() {
                return invalid("Source queue and destination queue must be of the same type.");
            }
        }
        if rate.is_some_and(|rate| !MOVED_PER_SECOND.contains(&rate)) {
            return invalid(
                "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must \
                 enter a number between 1 and 500.",
            );
        }
        let mut running = self.tasks.iter().filter(|task| task.is_running());
        if running.any(|task| task.source == source) {
            return invalid(
                "There is already a task running. Only one active task is allowed for a source \
                 queue arn at a given time.",
            );
        }
        let handle = self.new_id();
        self.tasks.push(MoveTask {
            handle: handle.clone(),
            to_move: self.queue(&source)?.counts(now).visible,
            source,
            destination,
            rate,
            started_at: now,
            status: MoveStatus::Running,
            moved: 0,
            next_at: add(now, STEP),
        });
        Ok(handle)
    }

    /// `ListMessageMoveTasks`: the queue's tasks, newest first.
    ///
    /// # Errors
    /// There is no such queue.
    pub fn move_tasks(&self, source_arn: &str, max: usize) -> Result<Vec<&MoveTask>, SqsError> {
        let source = self.queue_of("SourceArn", source_arn)?;
        let tasks = self.tasks.iter().rev();
        let tasks = tasks.filter(|task| task.source == source);
        Ok(tasks.take(max).collect())
    }

    /// `CancelMessageMoveTask`: returns how many messages it had moved.
    ///
    /// # Errors
    /// There is no such task, or it is not running.
    pub fn cancel_move_task(&mut self, handle: &str, now: Timestamp) -> Result<usize, SqsError> {
        self.advance(now);
        let task = self
            .tasks
            .iter_mut()
            .find(|task| task.handle == handle)
            .ok_or_else(|| SqsError::NoResource("Task does not exist.".to_owned()))?;
        if !task.is_running() {
            return Err(SqsError::Unsupported("Only active tasks can be cancelled."));
        }
        task.status = MoveStatus::Cancelled;
        Ok(task.moved)
    }

    /// Whether a move task is running.
    pub fn is_moving(&self) -> bool {
        self.tasks.iter().any(MoveTask::is_running)
    }

    pub(super) fn run_tasks(&mut self, now: Timestamp) {
        let mut tasks = std::mem::take(&mut self.tasks);
        for task in &mut tasks {
            while task.is_running() && task.next_at <= now {
                for _ in 0..task.rate.unwrap_or(*MOVED_PER_SECOND.end()) {
                    self.move_one(task, now);
                }
                task.next_at = add(task.next_at, STEP);
            }
        }
        self.tasks = tasks;
    }

    fn move_one(&mut self, task: &mut MoveTask, now: Timestamp) {
        if !task.is_running() {
            return;
        }
        let source = self.queues.get_mut(&task.source);
        let message = source
            .filter(|_| task.moved < task.to_move)
            .and_then(|queue| queue.pop_oldest(now));
        let Some(mut message) = message else {
            task.status = MoveStatus::Completed;
            return;
        };
        let destination = task.destination.clone().or_else(|| {
            let source = self.with_arn(message.dead_letter_source.as_deref()?);
            source.map(str::to_owned)
        });
        let Some(destination) = destination else {
            task.status = MoveStatus::Failed;
            if let Some(queue) = self.queues.get_mut(&task.source) {
                queue.push(message);
            }
            return;
        };
        // "All redriven messages are considered new messages with a new
        // messageID and enqueueTime":
        // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
        message.id = self.new_id();
        message.sequence = message.sequence.map(|_| self.new_sequence());
        message.deduplication = message.deduplication.map(|_| message.id.clone());
        message.sent_at = now;
        message.retained_from = now;
        message.available_at = now;
        message.invisible_until = None;
        message.receive_count = 0;
        message.first_received_at = None;
        message.received_at = None;
        message.dead_letter_source = None;
        let redriven = EventKind::Redriven {
            from: task.source.clone(),
            queue: destination.clone(),
            message_id: message.id.clone(),
            round: round(&message.attributes),
        };
        self.record(now, message.origin, redriven);
        if let Some(queue) = self.queues.get_mut(&destination) {
            queue.push(message);
        }
        task.moved += 1;
        if task.moved == task.to_move {
            task.status = MoveStatus::Completed;
        }
    }

    fn queue_of(&self, parameter: &str, arn: &str) -> Result<&str, SqsError> {
        self.with_arn(arn).ok_or_else(|| {
            SqsError::NoResource(format!(
                "The resource that you specified for the {parameter} parameter doesn't exist."
            ))
        })
    }

    /// The name of the queue with this ARN.
    fn with_arn(&self, arn: &str) -> Option<&str> {
        let mut queues = self.queues.values().map(|queue| &queue.config);
        Some(&queues.find(|config| config.arn == arn)?.name)
    }
}
