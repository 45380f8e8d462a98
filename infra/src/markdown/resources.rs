//! What is created for one function.

use redrive_syntax::Function;
use redrive_syntax::function::Redrive;

use super::{line, seconds};
use crate::stack::StackFunction;

pub(super) fn table(entry: &StackFunction) -> String {
    let StackFunction { binary, function } = entry;
    let mut text = "| what | name | settings |\n|---|---|---|\n".to_owned();
    let mut row = |what: &str, name: &str, settings: String| {
        let name = if name.is_empty() {
            String::new()
        } else {
            format!("`{name}`")
        };
        line(&mut text, &format!("| {what} | {name} | {settings} |"));
    };
    row("source queue", &function.queue, source(function));
    row(
        "DLQ",
        &function.dlq(),
        format!("messages kept {}", seconds(function.dlq_retention)),
    );
    row("worker", &function.name, worker(function));
    row("event source mapping", "", mapping(function));
    if let Some(redrive) = &function.redrive {
        row(
            "redrive function",
            &format!("{}.redrive", function.name),
            speed(redrive),
        );
        let when = format!("`{}` in `{}`", redrive.schedule.as_str(), redrive.timezone);
        row("schedule", "", when);
    }
    row("alarms", "", alarms(function));
    let artefact = match function.redrive {
        Some(_) => "for both functions",
        None => "for the worker",
    };
    row("code", binary, format!("one zip {artefact}"));
    text.push('\n');
    text
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

fn worker(function: &Function) -> String {
    let mut settings = format!(
        "timeout {}, memory {} MB, retries of a message inside an invocation: {}",
        seconds(function.timeout),
        function.memory,
        function.retries,
    );
    if !function.env.is_empty() {
        let names: Vec<_> = function
            .env
            .keys()
            .map(|name| format!("`{name}`"))
            .collect();
        settings.push_str(&format!(", environment {}", names.join(" ")));
    }
    settings
}

fn mapping(function: &Function) -> String {
    let mut settings = format!("batches of {}", function.batch_size);
    if function.batch_window > 0 {
        settings.push_str(&format!(
            " or what comes in {}",
            seconds(function.batch_window)
        ));
    }
    if let Some(most) = function.max_concurrency {
        settings.push_str(&format!(", {most} at once at most"));
    }
    settings.push_str(", only failed messages come back");
    settings
}

fn speed(redrive: &Redrive) -> String {
    match redrive.rate {
        Some(rate) => format!("moves {rate} messages a second at most"),
        None => "moves as fast as SQS decides".to_owned(),
    }
}

fn alarms(function: &Function) -> String {
    let age = seconds(function.retention / 2);
    let redrive = match function.redrive {
        Some(_) => ", errors of the redrive function, a redrive that was given up",
        None => "",
    };
    format!("messages in the DLQ, messages older than {age}, errors of the worker{redrive}")
}
