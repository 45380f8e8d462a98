//! `GetQueueAttributes`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Api;
use crate::sqs::error::SqsError;
use crate::sqs::{Queue, Sqs};

impl Api {
    pub(super) fn queue_attributes(
        &self,
        name: &str,
        selected: &[String],
    ) -> Result<Value, SqsError> {
        let mut attributes = self.sqs.change(|sqs, now| {
            sqs.advance(now);
            let queue = sqs.queue(name)?;
            Ok(attributes(sqs, queue, now))
        })?;
        attributes.retain(|name, _| {
            let mut selected = selected.iter();
            selected.any(|selected| selected == "All" || selected == name)
        });
        Ok(json!({ "Attributes": attributes }))
    }
}

fn attributes(sqs: &Sqs, queue: &Queue, now: Timestamp) -> BTreeMap<&'static str, String> {
    let counts = queue.counts(now);
    let config = &queue.config;
    let numbers = [
        ("ApproximateNumberOfMessages", counts.visible),
        ("ApproximateNumberOfMessagesNotVisible", counts.in_flight),
        ("ApproximateNumberOfMessagesDelayed", counts.delayed),
    ];
    let numbers = numbers.map(|(name, number)| (name, number.to_string()));
    let mut attributes = BTreeMap::from(numbers);
    attributes.extend([
        ("QueueArn", config.arn.clone()),
        ("VisibilityTimeout", config.visibility_timeout.to_string()),
        ("MessageRetentionPeriod", config.retention.to_string()),
    ]);
    if let Some(policy) = &config.redrive_policy {
        let policy = json!({
            "deadLetterTargetArn": sqs.arn_of(&policy.dead_letter_queue),
            "maxReceiveCount": policy.max_receive_count,
        });
        attributes.insert("RedrivePolicy", policy.to_string());
    }
    let sources: Vec<&str> = sqs
        .sources_of(&config.name)
        .map(|queue| &*queue.config.arn)
        .collect();
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
