//! The alarms: failures and messages that wait too long are noticed.

use redrive_model::duration::{seconds, show};
use redrive_model::log::metric;

use super::resource::{Alarm, Kind, Resource, Value};
use super::{Part, Scope};

pub(super) fn resources(scope: &Scope<'_>) -> Vec<Resource> {
    let (name, queue) = (&scope.function.name, &scope.function.queue);
    let alarm = |part, text: String, kind: fn(String, &str) -> Kind, of| {
        let kind = kind(scope.id(of), &text);
        scope.resource(part, format!("alarm: {text}"), kind)
    };
    let in_dlq = format!("Messages of {queue} are in its DLQ");
    let worker_errors = format!("Invocations of {name} end with an error");
    let redrive_errors = format!("Redrives of {queue} end with an error");
    let mut alarms = vec![
        alarm(Part::DlqAlarm, in_dlq, messages_alarm, Part::Dlq),
        age_alarm(scope),
        alarm(Part::WorkerAlarm, worker_errors, errors_alarm, Part::Worker),
    ];
    if scope.function.dlq_redrive.is_some() {
        let (part, of) = (Part::RedriveAlarm, Part::Redrive);
        alarms.push(alarm(part, redrive_errors, errors_alarm, of));
        let text = format!("Messages of {queue} were left in its DLQ by a move task that failed");
        alarms.push(alarm(Part::MoveTaskAlarm, text, move_task_alarm, of));
    }
    alarms
}

fn age_alarm(scope: &Scope<'_>) -> Resource {
    let queue = &scope.function.queue;
    // As much time is left to act.
    let above = scope.function.retention / 2;
    let text = format!("Messages of {queue} wait so long that they will expire");
    let description = format!("alarm: {text} (older than {})", show(above));
    let alarm = Kind::Alarm(Alarm {
        text,
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        statistic: "Maximum",
        dimension: ("QueueName", Value::QueueName(scope.id(Part::Queue))),
        above: seconds(above),
    });
    scope.resource(Part::QueueAgeAlarm, description, alarm)
}

/// Messages are in a queue that should be empty.
pub(super) fn messages_alarm(queue: impl Into<String>, text: &str) -> Kind {
    Kind::Alarm(Alarm {
        text: text.to_owned(),
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        statistic: "Maximum",
        dimension: ("QueueName", Value::QueueName(queue.into())),
        above: 0,
    })
}

/// Invocations end with an error.
fn errors_alarm(function: String, text: &str) -> Kind {
    Kind::Alarm(Alarm {
        text: text.to_owned(),
        namespace: "AWS/Lambda",
        metric: "Errors",
        statistic: "Sum",
        dimension: ("FunctionName", Value::FunctionName(function)),
        above: 0,
    })
}

/// The redrive function found a move task that failed after it had been started.
fn move_task_alarm(function: String, text: &str) -> Kind {
    Kind::Alarm(Alarm {
        text: text.to_owned(),
        namespace: metric::NAMESPACE,
        metric: metric::FAILED_MOVE_TASKS,
        statistic: "Sum",
        dimension: (metric::FUNCTION, Value::FunctionName(function)),
        above: 0,
    })
}
