//! The alarms: failures and messages that wait too long are noticed.

use std::time::Duration;

use redrive_model::duration::{seconds, show};
use redrive_model::limits::LONGEST_RETENTION;
use redrive_model::log::metric;

use super::resource::{Alarm, Kind, Resource, Value};
use super::{Part, Scope};

/// The age at which a parked message is about to expire.
const OLD: Duration = Duration::from_secs(11 * 86_400);

pub(super) fn resources(scope: &Scope<'_>) -> Vec<Resource> {
    let alarms = &scope.function.alarms;
    if !alarms.enabled {
        return Vec::new();
    }
    let (name, queue) = (&scope.function.name, scope.function.queue_name());
    let alarm = |part, alarm: Alarm| {
        let description = format!("alarm: {}", alarm.text);
        scope.resource(part, description, Kind::Alarm(alarm))
    };
    let worker =
        |metric, text, at_least| lambda_alarm(metric, scope.id(Part::Worker), text, at_least);
    let in_dlq = match alarms.dlq_depth {
        1 => format!("Messages of {queue} are in its DLQ"),
        least => format!("{least} or more messages of {queue} are in its DLQ"),
    };
    // Nobody has to do anything before the next redrive.
    let in_dlq = match scope.function.rounds() {
        Some(_) => format!("Notice: {in_dlq} and wait for the next redrive"),
        None => in_dlq,
    };
    let errors = match alarms.errors {
        1 => format!("Invocations of {name} end with an error"),
        least => format!("{least} or more invocations of {name} end with an error in 5 min"),
    };
    let throttles =
        format!("Invocations of {name} are throttled, which counts as a receive of their messages");
    let dlq = messages_alarm(scope.dlq().name(), in_dlq, alarms.dlq_depth);
    let dlq = scope.function.has_dlq().then(|| alarm(Part::DlqAlarm, dlq));
    let mut resources: Vec<_> = dlq.into_iter().collect();
    if scope.function.has_parking() {
        let text =
            format!("Messages of {queue} are parked: they failed in all redrives, or are refused");
        let parked = messages_alarm(scope.parking().name(), text, 1);
        resources.push(alarm(Part::ParkingAlarm, parked));
        let text = format!(
            "Parked messages of {queue} expire in {}",
            show(LONGEST_RETENTION - OLD)
        );
        let old = old_messages_alarm(scope.parking().name(), text, seconds(OLD));
        resources.push(alarm(Part::ParkingAgeAlarm, old));
    }
    resources.extend([
        age_alarm(scope),
        alarm(Part::WorkerAlarm, worker("Errors", errors, alarms.errors)),
        alarm(Part::ThrottlesAlarm, worker("Throttles", throttles, 1)),
    ]);
    if scope.function.dlq_redrive.is_some() {
        let redrive = || scope.id(Part::Redrive);
        let text = format!("Redrives of {queue} end with an error");
        resources.push(alarm(
            Part::RedriveAlarm,
            lambda_alarm("Errors", redrive(), text, 1),
        ));
        let text = format!("Messages of {queue} were left in its DLQ by a move task that failed");
        resources.push(alarm(Part::MoveTaskAlarm, move_task_alarm(redrive(), text)));
    }
    resources
}

fn age_alarm(scope: &Scope<'_>) -> Resource {
    let function = scope.function;
    // By default, as much time is left to act.
    let age = function.alarms.oldest.unwrap_or(function.retention / 2);
    let text = format!(
        "Messages of {} wait so long that they will expire",
        function.queue_name()
    );
    let description = format!("alarm: {text} (older than {})", show(age));
    let alarm = old_messages_alarm(scope.queue().name(), text, seconds(age));
    let alarm = Kind::Alarm(alarm);
    scope.resource(Part::QueueAgeAlarm, description, alarm)
}

/// A queue has a message of so many seconds.
fn old_messages_alarm(queue: Value, text: String, at_least: u32) -> Alarm {
    Alarm {
        text,
        namespace: "AWS/SQS",
        metric: "ApproximateAgeOfOldestMessage",
        statistic: "Maximum",
        dimension: ("QueueName", queue),
        at_least,
    }
}

/// Messages are in a queue that should be empty.
pub(super) fn messages_alarm(queue: Value, text: String, at_least: u32) -> Alarm {
    Alarm {
        text,
        namespace: "AWS/SQS",
        metric: "ApproximateNumberOfMessagesVisible",
        statistic: "Maximum",
        dimension: ("QueueName", queue),
        at_least,
    }
}

/// Invocations end with an error, or Lambda starts none because too many of the
/// function or of the account run.
fn lambda_alarm(metric: &'static str, function: String, text: String, at_least: u32) -> Alarm {
    Alarm {
        text,
        namespace: "AWS/Lambda",
        metric,
        statistic: "Sum",
        dimension: ("FunctionName", Value::FunctionName(function)),
        at_least,
    }
}

/// The redrive function found a move task that failed after it had been started.
fn move_task_alarm(function: String, text: String) -> Alarm {
    Alarm {
        text,
        namespace: metric::NAMESPACE,
        metric: metric::FAILED_MOVE_TASKS,
        statistic: "Sum",
        dimension: (metric::FUNCTION, Value::FunctionName(function)),
        at_least: 1,
    }
}
