//! The actions on one message, on queues, and on move tasks.

use serde_json::{Value, json};

use super::Api;
use super::wire::{
    CancelMessageMoveTask, ChangeMessageVisibility, DeleteMessage, GetQueueUrl,
    ListMessageMoveTasks, ListQueues, OnQueue, SendMessage, StartMessageMoveTask,
};
use crate::names;
use crate::sqs::error::SqsError;
use crate::sqs::message::{md5_of_attributes, md5_of_body};
use crate::sqs::move_task::{MoveStatus, MoveTask};
use crate::sqs::{Outgoing, Sent};

/// Most tasks that `ListMessageMoveTasks` returns.
const MAX_TASKS: usize = 10;

impl Api {
    pub(super) fn send_message(&self, request: SendMessage) -> Result<Value, SqsError> {
        let outgoing = request.message.read()?;
        self.send(&request.queue_url, outgoing)
    }

    /// Sends one message and describes it as the answer does.
    pub(super) fn send(&self, queue_url: &str, outgoing: Outgoing) -> Result<Value, SqsError> {
        let body = md5_of_body(&outgoing.body);
        let attributes = md5_of_attributes(&outgoing.attributes);
        let name = names::queue_of_url(queue_url);
        let Sent { id, sequence, .. } =
            self.sqs.change(|sqs, now| sqs.send(name, outgoing, now))?;
        let mut answer = json!({ "MessageId": id, "MD5OfMessageBody": body });
        if let Some(attributes) = attributes {
            answer["MD5OfMessageAttributes"] = attributes.into();
        }
        if let Some(sequence) = sequence {
            answer["SequenceNumber"] = sequence.into();
        }
        Ok(answer)
    }

    pub(super) fn delete_message(&self, request: &DeleteMessage) -> Result<Value, SqsError> {
        let name = names::queue_of_url(&request.queue_url);
        self.sqs
            .change(|sqs, now| sqs.delete(name, &request.receipt_handle, now))?;
        Ok(json!({}))
    }

    pub(super) fn change_message_visibility(
        &self,
        request: &ChangeMessageVisibility,
    ) -> Result<Value, SqsError> {
        let name = names::queue_of_url(&request.queue_url);
        self.sqs.change(|sqs, now| {
            let seconds = request.visibility_timeout;
            sqs.change_visibility(name, &request.receipt_handle, seconds, now)
        })?;
        Ok(json!({}))
    }

    pub(super) fn get_queue_url(&self, request: &GetQueueUrl) -> Result<Value, SqsError> {
        self.sqs
            .read(|sqs, _| sqs.queue(&request.queue_name).map(|_| ()))?;
        let url = names::queue_url(&self.endpoint, &request.queue_name);
        Ok(json!({ "QueueUrl": url }))
    }

    pub(super) fn list_queues(&self, request: &ListQueues) -> Result<Value, SqsError> {
        let urls: Vec<String> = self.sqs.read(|sqs, _| {
            sqs.queues()
                .map(|queue| &queue.config.name)
                .filter(|name| name.starts_with(&request.queue_name_prefix))
                .map(|name| names::queue_url(&self.endpoint, name))
                .collect()
        });
        Ok(json!({ "QueueUrls": urls }))
    }

    pub(super) fn purge_queue(&self, request: &OnQueue) -> Result<Value, SqsError> {
        let name = names::queue_of_url(&request.queue_url);
        self.sqs.change(|sqs, now| sqs.purge(name, now))?;
        Ok(json!({}))
    }

    pub(super) fn list_dead_letter_source_queues(
        &self,
        request: &OnQueue,
    ) -> Result<Value, SqsError> {
        let name = names::queue_of_url(&request.queue_url);
        let urls = self.sqs.read(|sqs, _| {
            sqs.queue(name)?;
            let urls = sqs
                .sources_of(name)
                .map(|queue| names::queue_url(&self.endpoint, &queue.config.name));
            Ok(urls.collect::<Vec<_>>())
        })?;
        Ok(json!({ "queueUrls": urls }))
    }

    pub(super) fn start_message_move_task(
        &self,
        request: &StartMessageMoveTask,
    ) -> Result<Value, SqsError> {
        let handle = self.sqs.change(|sqs, now| {
            sqs.start_move_task(
                &request.source_arn,
                request.destination_arn.as_deref(),
                request.max_number_of_messages_per_second,
                now,
            )
        })?;
        Ok(json!({ "TaskHandle": handle }))
    }

    pub(super) fn list_message_move_tasks(
        &self,
        request: &ListMessageMoveTasks,
    ) -> Result<Value, SqsError> {
        let max = request.max_results.unwrap_or(1);
        if !(1..=MAX_TASKS).contains(&max) {
            return Err(SqsError::invalid_parameter(
                "Value for parameter MaxResults is invalid. Reason: You must enter a number \
                 between 1 and 10.",
            ));
        }
        self.sqs.change(|sqs, now| {
            sqs.advance(now);
            let tasks = sqs.move_tasks(&request.source_arn, max)?;
            Ok(json!({ "Results": tasks.into_iter().map(describe).collect::<Vec<_>>() }))
        })
    }

    pub(super) fn cancel_message_move_task(
        &self,
        request: &CancelMessageMoveTask,
    ) -> Result<Value, SqsError> {
        let moved = self
            .sqs
            .change(|sqs, now| sqs.cancel_move_task(&request.task_handle, now))?;
        Ok(json!({ "ApproximateNumberOfMessagesMoved": moved }))
    }
}

fn describe(task: &MoveTask) -> Value {
    let mut entry = json!({
        "Status": task.status.as_str(),
        "SourceArn": names::queue_arn(&task.source),
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.to_move,
        "StartedTimestamp": task.started_at.as_millisecond(),
    });
    if task.is_running() {
        entry["TaskHandle"] = task.handle.clone().into();
    }
    if let Some(destination) = &task.destination {
        entry["DestinationArn"] = names::queue_arn(destination).into();
    }
    if let Some(rate) = task.rate {
        entry["MaxNumberOfMessagesPerSecond"] = rate.into();
    }
    if let MoveStatus::Failed(reason) = &task.status {
        entry["FailureReason"] = reason.clone().into();
    }
    entry
}
