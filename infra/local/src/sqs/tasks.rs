//! Starting, listing, cancelling and running move tasks.

use jiff::Timestamp;
use redrive_model::limits::MOVED_PER_SECOND;
use redrive_model::names::ROUND;

use super::Sqs;
use super::error::SqsError;
use super::move_task::{MoveStatus, MoveTask};
use super::send::text;
use crate::names;
use crate::timeline::EventKind;

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
        let source = self.queue_of("SourceArn", source_arn)?.to_owned();
        if self.sources_of(&source).next().is_none() {
            return Err(SqsError::invalid_parameter(
                "Source queue must be configured as a Dead Letter Queue.",
            ));
        }
        let destination = match destination_arn {
            Some(arn) => Some(self.queue_of("DestinationArn", arn)?.to_owned()),
            None => None,
        };
        if let Some(destination) = &destination {
            if *destination == source {
                return Err(SqsError::invalid_parameter(
                    "Source queue arn and destination queue arn cannot be the same.",
                ));
            }
            if self.queue(destination)?.is_fifo() != self.queue(&source)?.is_fifo() {
                return Err(SqsError::invalid_parameter(
                    "Source queue and destination queue must be of the same type.",
                ));
            }
        }
        if rate.is_some_and(|rate| !MOVED_PER_SECOND.contains(&rate)) {
            return Err(SqsError::invalid_parameter(
                "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must \
                 enter a number between 1 and 500.",
            ));
        }
        let mut running = self.tasks.iter().filter(|task| task.is_running());
        if running.any(|task| task.source == source) {
            return Err(SqsError::invalid_parameter(
                "There is already a task running. Only one active task is allowed for a source \
                 queue arn at a given time.",
            ));
        }
        let handle = self.new_id();
        let to_move = self.queue(&source)?.counts(now).visible;
        let mut task = MoveTask {
            handle: handle.clone(),
            source,
            destination,
            rate,
            started_at: now,
            status: MoveStatus::Running,
            moved: 0,
            to_move,
            next_at: now,
        };
        task.wait(now);
        self.tasks.push(task);
        Ok(handle)
    }

    /// `ListMessageMoveTasks`: the queue's tasks, newest first.
    ///
    /// # Errors
    /// There is no such queue.
    pub fn move_tasks(&self, source_arn: &str, max: usize) -> Result<Vec<&MoveTask>, SqsError> {
        let source = self.queue_of("SourceArn", source_arn)?;
        Ok(self
            .tasks
            .iter()
            .rev()
            .filter(|task| task.source == source)
            .take(max)
            .collect())
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
                for _ in 0..task.step() {
                    self.move_one(task, now);
                }
                task.wait(task.next_at);
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
            let source = message.dead_letter_source.as_deref()?;
            names::queue_of_arn(source).map(str::to_owned)
        });
        let Some(destination) = destination.filter(|name| self.queues.contains_key(name)) else {
            task.status = MoveStatus::Failed("CouldNotDetermineMessageSource".to_owned());
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
            round: text(&message.attributes, ROUND).and_then(|round| round.parse().ok()),
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

    fn queue_of<'a>(&self, parameter: &str, arn: &'a str) -> Result<&'a str, SqsError> {
        names::queue_of_arn(arn)
            .filter(|name| self.arn_of(name) == Some(arn))
            .ok_or_else(|| {
                SqsError::NoResource(format!(
                    "The resource that you specified for the {parameter} parameter doesn't exist."
                ))
            })
    }
}
