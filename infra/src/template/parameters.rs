//! What is chosen at deployment.

use serde_json::{Value, json};

use super::intrinsic::reference;
use super::names::shared;
use crate::stack::Stack;

/// The longest queue name SQS takes, in characters.
const QUEUE_NAME: usize = 80;

/// The retentions CloudWatch Logs takes, in days.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
const LOG_RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

pub(super) fn parameters(stack: &Stack) -> Value {
    let longest = stack
        .functions
        .iter()
        .map(|entry| entry.function.dlq().len())
        .max();
    let room = QUEUE_NAME.saturating_sub(longest.unwrap_or_default());
    json!({
        shared::NAME_PREFIX: {
            "Type": "String",
            "Default": "",
            "AllowedPattern": "^[A-Za-z0-9_-]*$",
            "MaxLength": room,
            "Description": "Put in front of each queue's name, so that two stages fit in one account: \"dev-\"",
        },
        shared::ALARM_TOPIC: {
            "Type": "String",
            "Default": "",
            "AllowedPattern": "^(arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+)?$",
            "Description": "The SNS topic that alarms notify; empty: alarms notify nobody",
        },
        shared::LOG_RETENTION: {
            "Type": "Number",
            "Default": 30,
            "AllowedValues": LOG_RETENTIONS,
            "Description": "Days that the functions' logs are kept",
        },
    })
}

pub(super) fn conditions() -> Value {
    json!({
        shared::HAS_ALARM_TOPIC: { "Fn::Not": [{ "Fn::Equals": [reference(shared::ALARM_TOPIC), ""] }] },
    })
}
