//! `GetQueueAttributes`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use redrive_model::limits::MESSAGE_BYTES;
use serde_json::{Value, json};

use super::Api;
use crate::names;
use crate::sqs::error::SqsError;
use crate::sqs::{Queue, Sqs};

impl Api {
    pub(super) fn queue_attributes(
        &self,
        queue_url: &str,
        selected: &[String],
    ) -> Result<Value, SqsError> {
        let name = names::queue_of_url(queue_url);
        let mut attributes = self.sqs.change(|sqs, now| {
            sqs.advance(now);
            let queue = sqs.queue(name)?;
            Ok(attributes(sqs, queue, now))
        })?;
        if !selected.iter().any(|name| name == "All") {
            let is_known = |name: &str| attributes.contains_key(name) || OPTIONAL.contains(&name);
            if let Some(name) = selected.iter().find(|name| !is_known(name)) {
                return Err(SqsError::UnknownAttribute(name.clone()));
            }
            attributes.retain(|name, _| selected.iter().any(|selected| selected == name));
        }
        Ok(json!({ "Attributes": attributes }))
    }
}

/// The attributes that only some queues have.
const OPTIONAL: [&str; 9] = [
    "Policy",
    "RedrivePolicy",
    "RedriveAllowPolicy",
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
    "KmsMasterKeyId",
    "KmsDataKeyReusePeriodSeconds",
];

fn attributes(sqs: &Sqs, queue: &Queue, now: Timestamp) -> BTreeMap<&'static str, String> {
    let counts = queue.counts(now);
    let config = &queue.config;
    let mut attributes = BTreeMap::from([
        ("QueueArn", queue.arn().to_owned()),
        ("ApproximateNumberOfMessages", counts.visible.to_string()),
        (
            "ApproximateNumberOfMessagesNotVisible",
            counts.in_flight.to_string(),
        ),
        (
            "ApproximateNumberOfMessagesDelayed",
            counts.delayed.to_string(),
        ),
        ("VisibilityTimeout", config.visibility_timeout.to_string()),
        ("MessageRetentionPeriod", config.retention.to_string()),
        ("DelaySeconds", "0".to_owned()),
        ("ReceiveMessageWaitTimeSeconds", "0".to_owned()),
        ("MaximumMessageSize", MESSAGE_BYTES.to_string()),
        ("SqsManagedSseEnabled", "true".to_owned()),
        ("CreatedTimestamp", "0".to_owned()),
        ("LastModifiedTimestamp", "0".to_owned()),
    ]);
    if let Some(policy) = &config.redrive_policy {
        let policy = json!({
            "deadLetterTargetArn": sqs.arn_of(&policy.dead_letter_queue),
            "maxReceiveCount": policy.max_receive_count,
        });
        attributes.insert("RedrivePolicy", policy.to_string());
    }
    let sources: Vec<&str> = sqs.sources_of(&config.name).map(Queue::arn).collect();
    if !sources.is_empty() {
        let policy = json!({ "redrivePermission": "byQueue", "sourceQueueArns": sources });
        attributes.insert("RedriveAllowPolicy", policy.to_string());
    }
    if queue.is_fifo() {
        attributes.insert("FifoQueue", "true".to_owned());
        attributes.insert("ContentBasedDeduplication", "false".to_owned());
    }
    attributes
}
