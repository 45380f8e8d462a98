//! What is created, with the logical ids that an overlay names it by.

use redrive_syntax::Function;
use redrive_syntax::function::Redrive;

use super::{line, seconds};
use crate::lambda::{REDRIVE_MEMORY, REDRIVE_TIMEOUT};
use crate::stack::{Stack, StackFunction};
use crate::template::{FAILURES, Ids, Part};

/// The table of one function.
pub(super) fn table(entry: &StackFunction) -> String {
    let StackFunction { binary, function } = entry;
    let ids = Ids::new(function);
    let mut rows = vec![
        (
            Part::Queue,
            format!("source queue `{}`: {}", function.queue, source(function)),
        ),
        (
            Part::Dlq,
            format!(
                "DLQ `{}`: messages kept {}",
                function.dlq(),
                seconds(function.dlq_retention)
            ),
        ),
        (
            Part::QueuePolicy,
            "the source queue takes no call without TLS".to_owned(),
        ),
        (Part::DlqPolicy, "nor does the DLQ".to_owned()),
        (Part::Worker, worker(binary, function)),
        (Part::EventSourceMapping, mapping(function)),
    ];
    if let Some(redrive) = &function.redrive {
        let zone = &redrive.timezone;
        rows.push((Part::Redrive, redriver(function, redrive)));
        rows.push((
            Part::Schedule,
            format!("starts it at `{}` in `{zone}`", redrive.schedule.as_str()),
        ));
        rows.push((
            Part::RedriveInvokeConfig,
            "two more tries of a redrive that fails".to_owned(),
        ));
    }
    rows.extend(roles(function));
    rows.extend(alarms(function));
    let mut text = "| resource | what it is |\n|---|---|\n".to_owned();
    for (part, what) in rows {
        line(&mut text, &format!("| `{}` | {what} |", ids.of(part)));
    }
    text.push('\n');
    text
}

/// What all functions of the stack share.
pub(super) fn shared(stack: &Stack) -> String {
    if stack
        .functions
        .iter()
        .all(|entry| entry.function.redrive.is_none())
    {
        return String::new();
    }
    format!("`{FAILURES}` is a queue for redrives that were given up; an alarm watches it.\n\n")
}

fn source(function: &Function) -> String {
    let kind = if function.is_fifo() { "FIFO, " } else { "" };
    format!(
        "{kind}messages kept {}, invisible {} while they are worked on, to the DLQ after {} receives",
        seconds(function.retention),
        seconds(function.visibility_timeout),
        function.max_receive_count,
    )
}

fn worker(binary: &str, function: &Function) -> String {
    let mut text = format!(
        "worker, code of `{binary}`: timeout {}, memory {} MB",
        seconds(function.timeout),
        function.memory,
    );
    if !function.env.is_empty() {
        let names: Vec<_> = function
            .env
            .keys()
            .map(|name| format!("`{name}`"))
            .collect();
        text.push_str(&format!(", environment {}", names.join(" ")));
    }
    text
}

fn mapping(function: &Function) -> String {
    let mut text = format!("feeds the worker batches of {}", function.batch_size);
    if function.batch_window > 0 {
        text.push_str(&format!(
            " or what comes in {}",
            seconds(function.batch_window)
        ));
    }
    if let Some(most) = function.max_concurrency {
        text.push_str(&format!(", {most} at once at most"));
    }
    text.push_str("; only failed messages come back");
    text
}

fn redriver(function: &Function, redrive: &Redrive) -> String {
    let speed = match redrive.max_per_second {
        Some(rate) => format!("{rate} messages a second at most"),
        None => "as fast as SQS decides".to_owned(),
    };
    format!(
        "redrive function `{}.redrive`, the same code: timeout {}, memory {REDRIVE_MEMORY} MB, {speed}",
        function.name,
        seconds(REDRIVE_TIMEOUT),
    )
}

fn roles(function: &Function) -> Vec<(Part, String)> {
    let mut roles = vec![
        (Part::WorkerRole, "the worker's role".to_owned()),
        (Part::WorkerLogs, "its log group".to_owned()),
    ];
    if function.redrive.is_some() {
        roles.push((Part::RedriveRole, "the redrive function's role".to_owned()));
        roles.push((Part::RedriveLogs, "its log group".to_owned()));
        roles.push((Part::ScheduleRole, "the schedule's role".to_owned()));
    }
    roles
}

fn alarms(function: &Function) -> Vec<(Part, String)> {
    let age = seconds(function.retention / 2);
    let mut alarms = vec![
        (Part::DlqAlarm, "alarm: messages in the DLQ".to_owned()),
        (
            Part::QueueAgeAlarm,
            format!("alarm: messages older than {age} in the source queue"),
        ),
        (Part::WorkerAlarm, "alarm: errors of the worker".to_owned()),
    ];
    if function.redrive.is_some() {
        alarms.push((
            Part::RedriveAlarm,
            "alarm: errors of the redrive function".to_owned(),
        ));
    }
    alarms
}
