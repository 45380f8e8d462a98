//! The redrive function, the schedule that starts it, and the queue for its
//! failures.

use std::time::Duration;

use redrive_model::duration::{seconds, show};
use redrive_model::limits;
use redrive_model::names::redrive_handler;
use redrive_syntax::ParameterText;
use redrive_syntax::function::Redrive;

use super::functions::TRACED;
use super::names::shared::{FAILURES, FAILURES_ALARM, FAILURES_POLICY};
use super::queue_ref::use_key;
use super::queues::policy;
use super::resource::{
    Alarm, Grant, InvokeConfig, Kind, LambdaFunction, Metric, Queue, RETRIES, Resource, Role,
    Schedule, Value,
};
use super::{Part, Scope};
use crate::lambda::{REDRIVE_MEMORY, REDRIVE_TIMEOUT, declares, redrive_variables};

pub(super) fn resources(scope: &Scope<'_>) -> Vec<Resource> {
    let Some(redrive) = &scope.function.redrive() else {
        return Vec::new();
    };
    let logs = "log group of the redrive function";
    vec![
        function(scope, redrive),
        schedule(scope, redrive),
        invoke_config(scope),
        role(scope),
        scope.resource(Part::RedriveLogs, logs, Kind::LogGroup),
        schedule_role(scope),
    ]
}

/// What all redrives of the stack share.
pub(super) fn shared(has_alarm: bool, key: Option<&ParameterText>) -> Vec<Resource> {
    let queue = Kind::Queue(Queue {
        retention: seconds(limits::LONGEST_RETENTION),
        kms_key: key.cloned(),
        ..Queue::default()
    });
    let what = "queue of the redrives that were given up";
    let policy = policy(FAILURES, FAILURES, Vec::new());
    let mut shared = vec![
        Resource::new(FAILURES, None, what, queue),
        Resource::new(FAILURES_POLICY, None, "policy of that queue", policy),
    ];
    if has_alarm {
        let text = "A scheduled redrive was given up";
        let alarm = Kind::Alarm(Alarm {
            text: text.to_owned(),
            metric: Metric::waiting(Value::QueueName(FAILURES.to_owned())),
            at_least: 1,
        });
        let description = format!("alarm: {text}");
        shared.push(Resource::new(FAILURES_ALARM, None, description, alarm));
    }
    shared
}

fn function(scope: &Scope<'_>, redrive: &Redrive) -> Resource {
    let function = scope.function;
    let handler = redrive_handler(&function.name);
    let rate = match redrive.max_per_second {
        Some(rate) => format!("at most {rate} messages per second"),
        None => "as fast as SQS decides".to_owned(),
    };
    let description = format!(
        "redrive function `{handler}`, the same code: timeout {}, memory {REDRIVE_MEMORY} MB, {rate}{}",
        show(Duration::from_secs(REDRIVE_TIMEOUT.into())),
        if function.tracing { TRACED } else { "" },
    );
    let lambda = LambdaFunction {
        binary: scope.binary.to_owned(),
        handler,
        timeout: REDRIVE_TIMEOUT,
        memory: REDRIVE_MEMORY,
        storage: *limits::STORAGE_MB.start(),
        reserved_concurrency: None,
        tracing: function.tracing,
        vpc: false,
        role: scope.id(Part::RedriveRole),
        logs: scope.id(Part::RedriveLogs),
        environment: scope.environment(redrive_variables(function)),
    };
    scope.resource(Part::Redrive, description, Kind::Function(lambda))
}

fn schedule(scope: &Scope<'_>, redrive: &Redrive) -> Resource {
    let description = format!(
        "starts the redrive function at `{}` in `{}`",
        redrive.schedule.as_str(),
        redrive.timezone,
    );
    let schedule = Schedule {
        expression: redrive.schedule.in_full(),
        timezone: redrive.timezone.clone(),
        function: scope.id(Part::Redrive),
        role: scope.id(Part::ScheduleRole),
        failures: FAILURES.to_owned(),
    };
    scope.resource(Part::Schedule, description, Kind::Schedule(schedule))
}

/// Scheduler invokes asynchronously and never learns of an error, so Lambda has
/// to retry a redrive that fails and to keep one that is given up.
fn invoke_config(scope: &Scope<'_>) -> Resource {
    let description = format!("retries a redrive that fails up to {RETRIES} times");
    let config = Kind::InvokeConfig(InvokeConfig {
        function: scope.id(Part::Redrive),
        failures: FAILURES.to_owned(),
    });
    scope.resource(Part::RedriveInvokeConfig, description, config)
}

fn keep_failures() -> Grant {
    Grant::send("KeepFailures", Value::Arn(FAILURES.to_owned()), FAILURES)
}

/// The right to use the key of the queue of failures, unless it is the key `other`.
fn use_failures_key(scope: &Scope<'_>, other: Option<&ParameterText>) -> Option<Grant> {
    let key = scope.failures_key.filter(|key| Some(*key) != other);
    use_key("UseKeyOfFailures", key, true)
}

fn role(scope: &Scope<'_>) -> Resource {
    let (queue, dlq) = (scope.function.queue_name(), scope.function.dlq_name());
    let move_from_dlq = Grant::new(
        "MoveFromDlq",
        &[
            "sqs:StartMessageMoveTask",
            "sqs:ListMessageMoveTasks",
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        ],
        scope.dlq().arn(),
        format!(
            "start and list move tasks of `{dlq}`, receive and delete its messages, read its attributes"
        ),
    );
    let mut move_to_source = Grant::send("MoveToSource", scope.queue().arn(), queue);
    if declares(scope.function) {
        move_to_source.actions.push("sqs:GetQueueAttributes");
        move_to_source.description += ", read its attributes";
    }
    let mut grants = vec![
        move_from_dlq,
        move_to_source,
        keep_failures(),
        Grant::write_logs(scope.id(Part::RedriveLogs)),
    ];
    let key = scope.function.kms_key.as_ref();
    grants.extend(use_key("UseKey", key, true));
    grants.extend(use_failures_key(scope, key));
    grants.extend(scope.function.tracing.then(Grant::trace));
    let role = Kind::Role(Role {
        name: "redrive",
        service: "lambda.amazonaws.com",
        grants,
        ..Role::default()
    });
    scope.resource(Part::RedriveRole, "role of the redrive function", role)
}

fn schedule_role(scope: &Scope<'_>) -> Resource {
    let function = Value::Arn(scope.id(Part::Redrive));
    let action = ["lambda:InvokeFunction"];
    let invoke = Grant::new("Invoke", &action, function, "invoke the redrive function");
    let role = Kind::Role(Role {
        name: "schedule",
        service: "scheduler.amazonaws.com",
        grants: [invoke, keep_failures()]
            .into_iter()
            .chain(use_failures_key(scope, None))
            .collect(),
        ..Role::default()
    });
    scope.resource(Part::ScheduleRole, "role of the schedule", role)
}
