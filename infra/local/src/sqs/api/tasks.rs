//! `ListMessageMoveTasks`.

use serde_json::{Value, json};

use super::{Api, present};
use crate::sqs::Sqs;
use crate::sqs::error::SqsError;
use crate::sqs::move_task::{MoveStatus, MoveTask};

/// The limits of `MaxResults`.
const RESULTS: std::ops::RangeInclusive<usize> = 1..=10;

impl Api {
    pub(super) fn move_tasks(&self, source_arn: &str, max: usize) -> Result<Value, SqsError> {
        if !RESULTS.contains(&max) {
            return Err(SqsError::invalid_parameter(
                "Value for parameter MaxResults is invalid. Reason: You must enter a number \
                 between 1 and 10.",
            ));
        }
        self.sqs.change(|sqs, now| {
            sqs.advance(now);
            let tasks = sqs.move_tasks(source_arn, max)?;
            let tasks = tasks.into_iter().map(|task| describe(sqs, task));
            Ok(json!({ "Results": tasks.collect::<Vec<_>>() }))
        })
    }
}

fn describe(sqs: &Sqs, task: &MoveTask) -> Value {
    let failure = match &task.status {
        MoveStatus::Failed(reason) => Some(reason),
        _ => None,
    };
    present(json!({
        "Status": task.status.as_str(),
        "TaskHandle": task.is_running().then_some(&task.handle),
        "SourceArn": sqs.arn_of(&task.source),
        "DestinationArn": task.destination.as_deref().and_then(|name| sqs.arn_of(name)),
        "MaxNumberOfMessagesPerSecond": task.rate,
        "ApproximateNumberOfMessagesMoved": task.moved,
        "ApproximateNumberOfMessagesToMove": task.to_move,
        "FailureReason": failure,
        "StartedTimestamp": task.started_at.as_millisecond(),
    }))
}
