//! `GetQueueAttributes`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Api;
use super::wire::GetQueueAttributes;
use crate::names;
use crate::sqs::error::SqsError;
use crate::sqs::{Queue, Sqs};
use jiff::Timestamp;

impl Api {
    pub(super) fn get_queue_attributes(
        &self,
        request: &GetQueueAttributes,
    ) -> Result<Value, SqsError> {
        let name = names::queue_of_url(&request.queue_url);
        let all = self.sqs.change(|sqs, now| {
            sqs.advance(now);
            let queue = sqs.queue(name)?;
            Ok(attributes(sqs, queue, now))
        })?;
        let mut chosen = BTreeMap::new();
        for want in &request.attribute_names {
            if want == "All" {
                return Ok(json!({ "Attributes": all }));
            }
            if let Some((name, value)) = all.get_key_value(want.as_str()) {
                chosen.insert(*name, value.clone());
            } else if !KNOWN.contains(&want.as_str()) {
                return Err(SqsError::invalid_attribute(want));
            }
        }
        Ok(json!({ "Attributes": chosen }))
    }
}

/// The attributes that a queue may have or not.
const KNOWN: [&str; 9] = [
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
        ("QueueArn", queue.arn()),
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
        ("MaximumMessageSize", "1048576".to_owned()),
        ("SqsManagedSseEnabled", "true".to_owned()),
        ("CreatedTimestamp", "0".to_owned()),
        ("LastModifiedTimestamp", "0".to_owned()),
    ]);
    if let Some(policy) = &config.redrive_policy {
        let policy = json!({
            "deadLetterTargetArn": names::queue_arn(&policy.dead_letter_queue),
            "maxReceiveCount": policy.max_receive_count,
        });
        attributes.insert("RedrivePolicy", policy.to_string());
    }
    let sources: Vec<String> = sqs.sources_of(&config.name).map(Queue::arn).collect();
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
