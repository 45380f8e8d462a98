//! The alarms: failures and messages that wait too long are noticed.

use std::time::Duration;

use redrive_model::duration::{seconds, show};
use redrive_model::limits::LONGEST_RETENTION;

use super::resource::{Alarm, Kind, Metric, Resource};
use super::{Part, Scope};

/// The age at which a parked message is about to expire.
const OLD: Duration = Duration::from_secs(11 * 86_400);

pub(super) fn resources(scope: &Scope<'_>) -> Vec<Resource> {
    let function = scope.function;
    let alarms = &function.alarms;
    if !alarms.enabled {
        return Vec::new();
    }
    let (name, queue) = (&function.name, function.queue_name());
    let alarm = |part, text: String, metric, at_least| {
        let description = format!("alarm: {text}");
        let alarm = Alarm {
            text,
            metric,
            at_least,
        };
        scope.resource(part, description, Kind::Alarm(alarm))
    };
    let of_lambda = |name, part| Metric::of_lambda(name, "Sum", scope.id(part));
    let mut resources = Vec::new();
    if function.has_dlq() {
        let text = match alarms.dlq_depth {
            1 => format!("Messages of {queue} are in its DLQ"),
            least => format!("{least} or more messages of {queue} are in its DLQ"),
        };
        // Nobody has to do anything before the next redrive.
        let text = match function.rounds() {
            Some(_) => format!("Notice: {text} and wait for the next redrive"),
            None => text,
        };
        let waiting = Metric::waiting(scope.dlq().name());
        resources.push(alarm(Part::DlqAlarm, text, waiting, alarms.dlq_depth));
    }
    if function.has_parking() {
        let text =
            format!("Messages of {queue} are parked: they failed in all redrives, or are refused");
        let parked = Metric::waiting(scope.parking().name());
        resources.push(alarm(Part::ParkingAlarm, text, parked, 1));
        let left = show(LONGEST_RETENTION - OLD);
        let text = format!("Parked messages of {queue} expire in {left}");
        let oldest = Metric::oldest(scope.parking().name());
        resources.push(alarm(Part::ParkingAgeAlarm, text, oldest, seconds(OLD)));
    }
    // By default, as much time is left to act.
    let age = alarms.oldest.unwrap_or(function.retention / 2);
    let text = format!("Messages of {queue} wait so long that they will expire");
    let oldest = Metric::oldest(scope.queue().name());
    let mut age_alarm = alarm(Part::QueueAgeAlarm, text, oldest, seconds(age));
    age_alarm.description += &format!(" (older than {})", show(age));
    resources.push(age_alarm);
    let text = match alarms.errors {
        1 => format!("Invocations of {name} end with an error"),
        least => format!("{least} or more invocations of {name} end with an error in 5 min"),
    };
    let errors = of_lambda("Errors", Part::Worker);
    resources.push(alarm(Part::WorkerAlarm, text, errors, alarms.errors));
    let text =
        format!("Invocations of {name} are throttled, which counts as a receive of their messages");
    let throttles = of_lambda("Throttles", Part::Worker);
    resources.push(alarm(Part::ThrottlesAlarm, text, throttles, 1));
    if function.dlq_redrive.is_some() {
        let text = format!("Redrives of {queue} end with an error");
        let errors = of_lambda("Errors", Part::Redrive);
        resources.push(alarm(Part::RedriveAlarm, text, errors, 1));
        let text = format!("Messages of {queue} were left in its DLQ by a move task that failed");
        let failed = Metric::failed_move_tasks(scope.id(Part::Redrive));
        resources.push(alarm(Part::MoveTaskAlarm, text, failed, 1));
    }
    resources
}
