//! One redrive: report a failed move task, start one if none is running, and wait
//! for its result.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    error::ProvideErrorMetadata,
    operation::start_message_move_task::StartMessageMoveTaskError,
    types::{ListMessageMoveTasksResultEntry, QueueAttributeName},
};
use tokio::time::{self, Instant};

use super::{
    config::Config,
    declared,
    error::{self, Call},
    response::{ALREADY_RUNNING, MoveTask, RedriveResponse, STARTED},
};
use crate::failure::InvocationError;

/// The most that `ListMessageMoveTasks` returns.
const LISTED_TASKS: i32 = 10;

/// How long the function waits for SQS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For the list of earlier tasks.
    pub(super) list: Duration,
    /// For the number of messages, which nothing depends on.
    pub(super) count: Duration,
    /// Until the state of the new task is read again.
    pub(super) poll: Duration,
    /// For the end of the new task. A task can take 36 hours, but most move few
    /// messages.
    pub(super) task: Duration,
}

impl Patience {
    /// Together with the start of a task, at most 16 s, this is below the timeout of
    /// the redrive function, 60 s.
    pub(super) const DEFAULT: Self = Self {
        list: Duration::from_secs(8),
        count: Duration::from_secs(3),
        poll: Duration::from_secs(1),
        task: Duration::from_secs(30),
    };
}

/// One invocation of the redrive function.
pub(super) struct Redrive<'r, F> {
    pub(super) client: &'r Client,
    pub(super) config: &'r Config,
    pub(super) patience: Patience,
    /// When the invocation has to be answered.
    pub(super) deadline: Instant,
    /// Counts a task that failed or was cancelled.
    pub(super) count_failure: F,
}

impl<F: Fn()> Redrive<'_, F> {
    /// Moves the messages of the dead-letter queue back, unless a task is doing so.
    ///
    /// A task is started even if the queue seems to be empty: the count is approximate
    /// and up to a minute old, and a message that is missed waits for the next redrive,
    /// a day or a week. A task with nothing to move ends at once.
    ///
    /// # Errors
    ///
    /// SQS does not start a task, another task prevents it, or the task fails while
    /// this waits for it. In all cases another attempt can succeed.
    pub(super) async fn run(&self) -> Result<RedriveResponse, InvocationError> {
        let compare = declared::compare(self.client, self.config, self.patience.count);
        let (moved, messages_waiting, ()) =
            tokio::join!(self.move_messages(), self.count(), compare);
        Ok(RedriveResponse {
            messages_waiting,
            ..moved?
        })
    }

    async fn move_messages(&self) -> Result<RedriveResponse, InvocationError> {
        let listed = match time::timeout(self.patience.list, self.list()).await {
            Ok(listed) => listed,
            Err(_) => Err(error::no_answer(Call::ListTasks, self.config)),
        };
        // The list only explains what happened before, so it is not worth a redrive.
        let is_listed = listed.is_ok();
        let tasks = listed.unwrap_or_else(|error| {
            tracing::warn!(%error, "the redrive continues without the list of earlier move tasks");
            Vec::new()
        });
        let last_task = newest(&tasks);
        let last_failed = last_task.as_ref().filter(|task| task.has_failed());
        if let Some(task) = last_failed {
            task.log_failure();
        }
        if let Some(active) = active(&tasks) {
            return self.already_running(active);
        }

        let started = self.start().await?;
        // Once: the next attempt of Lambda, or the next redrive, finds the task again
        // unless this one has started a newer one.
        if last_failed.is_some() {
            (self.count_failure)();
        }
        let started = match started {
            Some(started) => started,
            // Started since the list was read, perhaps by an attempt of this very call
            // whose answer was lost.
            None => {
                let tasks = self.list().await?;
                let Some(active) = active(&tasks) else {
                    let dlq = self.config.dlq.as_str();
                    return Err(InvocationError::new(
                        "MoveTaskEnded",
                        format!("a move task of {dlq} prevented a redrive, and has ended since"),
                    ));
                };
                return self.already_running(active);
            }
        };
        let before = last_task.as_ref().map(|task| task.started_timestamp);
        let task = match is_listed {
            true => self.wait(before).await,
            // Without the list, an earlier task could be taken for the new one.
            false => None,
        };
        // Not counted: the next redrive finds it. A cancelled task is not started again,
        // because somebody wanted it to end.
        match &task {
            Some(task) if task.is_cancelled() => task.log_failure(),
            Some(task) if task.has_failed() => {
                let Config { dlq, source, .. } = self.config;
                return Err(InvocationError::new(
                    "MoveTaskFailed",
                    format!("the move task from {dlq} to {source} {task}"),
                ));
            }
            _ => {}
        }
        Ok(RedriveResponse {
            outcome: STARTED,
            task_handle: Some(started),
            messages_waiting: None,
            last_task,
            task,
        })
    }

    /// Judges a task that prevents another.
    fn already_running(&self, task: &Entry) -> Result<RedriveResponse, InvocationError> {
        let Config { dlq, source, .. } = self.config;
        if task.status() == Some(CANCELLING) {
            return Err(InvocationError::new(
                "MoveTaskCancelling",
                format!(
                    "a move task of {dlq} is being cancelled; the next one can start when that is over"
                ),
            ));
        }
        match task.destination_arn() {
            Some(other) if other != source.as_str() => Err(InvocationError::new(
                "MoveTaskToOtherQueue",
                format!(
                    "a move task moves the messages of {dlq} to {other}; a redrive to {source} can start when it has ended, or cancel it"
                ),
            )),
            // Without a destination, messages return to the queue they came from.
            _ => Ok(RedriveResponse {
                outcome: ALREADY_RUNNING,
                task_handle: task.task_handle().map(str::to_owned),
                messages_waiting: None,
                last_task: None,
                task: Some(MoveTask::from(task)),
            }),
        }
    }

    /// The new task when it has ended, or its state when the time is up; `None` if the
    /// list does not show it. `before` is when the task before it started.
    async fn wait(&self, before: Option<i64>) -> Option<MoveTask> {
        let until = self.deadline.min(Instant::now() + self.patience.task);
        let mut latest = None;
        loop {
            let poll = Instant::now() + self.patience.poll;
            if poll >= until {
                return latest;
            }
            time::sleep_until(poll).await;
            let Ok(listed) = time::timeout_at(until, self.list()).await else {
                return latest;
            };
            let tasks = match listed {
                Ok(tasks) => tasks,
                Err(error) => {
                    tracing::warn!(%error, "the state of the new move task is not known");
                    return latest;
                }
            };
            latest = newest(&tasks).filter(|task| Some(task.started_timestamp) > before);
            if latest.is_some() && active(&tasks).is_none() {
                return latest;
            }
        }
    }

    async fn list(&self) -> Result<Vec<Entry>, InvocationError> {
        self.client
            .list_message_move_tasks()
            .source_arn(self.config.dlq.as_str())
            .max_results(LISTED_TASKS)
            .send()
            .await
            .map(|output| output.results.unwrap_or_default())
            .map_err(|error| error::failed(Call::ListTasks, self.config, &error))
    }

    /// Starts a task and returns its handle; `None` if one is running already.
    async fn start(&self) -> Result<Option<String>, InvocationError> {
        let rate = self
            .config
            .rate
            .map(|rate| i32::try_from(rate).unwrap_or(i32::MAX));
        // With a destination: without one SQS returns each message to the queue it came
        // from, and the role would have to allow all those queues.
        let started = self
            .client
            .start_message_move_task()
            .source_arn(self.config.dlq.as_str())
            .destination_arn(self.config.source.as_str())
            .set_max_number_of_messages_per_second(rate)
            .send()
            .await;
        match started {
            Ok(output) => Ok(Some(output.task_handle.unwrap_or_default())),
            Err(error) if error.as_service_error().is_some_and(is_already_running) => Ok(None),
            Err(error) => Err(error::failed(Call::StartTask, self.config, &error)),
        }
    }

    /// Messages in the dead-letter queue; `None` if that cannot be determined.
    async fn count(&self) -> Option<u64> {
        let url = self.config.dlq_url.as_deref()?;
        let name = QueueAttributeName::ApproximateNumberOfMessages;
        let call = self
            .client
            .get_queue_attributes()
            .queue_url(url)
            .attribute_names(name.clone())
            .send();
        let error = match time::timeout(self.patience.count, call).await {
            Ok(Ok(attributes)) => return attributes.attributes()?.get(&name)?.parse().ok(),
            Ok(Err(error)) => error::failed(Call::Count, self.config, &error),
            Err(_) => error::no_answer(Call::Count, self.config),
        };
        tracing::warn!(%error, "the redrive continues without the number of messages");
        None
    }
}

type Entry = ListMessageMoveTasksResultEntry;

const RUNNING: &str = "RUNNING";
const CANCELLING: &str = "CANCELLING";

/// The order of the list is not documented.
fn newest(tasks: &[Entry]) -> Option<MoveTask> {
    let newest = tasks.iter().max_by_key(|task| task.started_timestamp());
    newest.map(MoveTask::from)
}

/// The task that prevents another; SQS allows one for each queue.
fn active(tasks: &[Entry]) -> Option<&Entry> {
    let is_active = |task: &&Entry| matches!(task.status(), Some(RUNNING | CANCELLING));
    tasks.iter().find(is_active)
}

/// SQS has no error code for it.
fn is_already_running(error: &StartMessageMoveTaskError) -> bool {
    error
        .code()
        .is_some_and(|code| code.starts_with("InvalidParameterValue"))
        && error
            .message()
            .is_some_and(|message| message.contains("already a task running"))
}

#[cfg(test)]
mod tests;
