//! The alarms: failures and messages that wait too long are noticed.

use super::resource::{Alarm, Kind, Resource, Value};
use super::{Part, Scope, seconds};

pub(super) fn resources(scope: &Scope<'_>) -> Vec<Resource> {
    let (name, queue) = (&scope.function.name, &scope.function.queue);
    let resource = |part, alarm: Alarm| {
        let description = format!("alarm: {}", alarm.text);
        scope.resource(part, description, Kind::Alarm(alarm))
    };
    let in_dlq = format!("Messages of {queue} are in its DLQ");
    let worker_errors = format!("Invocations of {name} end with an error");
    let redrive_errors = format!("Redrives of {queue} end with an error");
    let mut alarms = vec![
        resource(Part::DlqAlarm, messages(scope.id(Part::Dlq), in_dlq)),
        age(scope),
        resource(
            Part::WorkerAlarm,
            errors(scope.id(Part::Worker), worker_errors),
        ),
    ];
    if scope.function.redrive.is_some() {
        let alarm = errors(scope.id(Part::Redrive), redrive_errors);
        alarms.push(resource(Part::RedriveAlarm, alarm));
    }
    alarms
}

fn age(scope: &Scope<'_>) -> Resource {
    let queue = &scope.function.queue;
    // As much time is left to act.
    let above = scope.function.retention / 2;
    let alarm = Alarm {
        text: format!("Messages of {queue} wait so long that they will expire"),
        metric: "ApproximateAgeOfOldestMessage",
        above,
        ..messages(scope.id(Part::Queue), String::new())
    };
    let description = format!("alarm: {} (older than {})", alarm.text, seconds(above));
    scope.resource(Part::QueueAgeAlarm, description, Kind::Alarm(alarm))
}

/// Messages are in a queue that should be empty.
pub(super) fn messages(queue: String, text: String) -> Alarm {
    Alarm {
        text,
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        statistic: "Maximum",
        dimension: ("QueueName", Value::QueueName(queue)),
        above: 0,
    }
}

/// Invocations end with an error.
fn errors(function: String, text: String) -> Alarm {
    Alarm {
        text,
        namespace: "AWS/Lambda",
        metric: "Errors",
        statistic: "Sum",
        dimension: ("FunctionName", Value::FunctionName(function)),
        above: 0,
    }
}
