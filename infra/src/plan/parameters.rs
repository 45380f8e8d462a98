//! What is chosen at deployment.

use redrive_model::limits::QUEUE_NAME_CHARACTERS;

use super::names::shared;
use crate::stack::Stack;

/// The retentions that CloudWatch Logs accepts, in days.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>
const LOG_RETENTIONS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) kind: ParameterKind,
}

pub(crate) enum ParameterKind {
    /// A text that is empty by default and matches a regular expression.
    Text {
        pattern: &'static str,
        max_length: Option<usize>,
    },
    Number {
        default: u32,
        allowed: &'static [u32],
    },
}

pub(super) fn parameters(stack: &Stack) -> Vec<Parameter> {
    let names = stack.functions.iter().map(|entry| entry.function.dlq());
    let longest = names.map(|name| name.len()).max().unwrap_or_default();
    vec![
        Parameter {
            name: shared::NAME_PREFIX,
            description: "Put in front of each queue's name, so that two stages fit in one account: \"dev-\"",
            kind: ParameterKind::Text {
                pattern: "^[A-Za-z0-9_-]*$",
                max_length: Some(QUEUE_NAME_CHARACTERS.saturating_sub(longest)),
            },
        },
        Parameter {
            name: shared::ALARM_TOPIC,
            description: "The SNS topic that alarms notify; empty: alarms notify nobody",
            kind: ParameterKind::Text {
                pattern: "^(arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+)?$",
                max_length: None,
            },
        },
        Parameter {
            name: shared::LOG_RETENTION,
            description: "Days that the functions' logs are kept",
            kind: ParameterKind::Number {
                default: 30,
                allowed: &LOG_RETENTIONS,
            },
        },
    ]
}
