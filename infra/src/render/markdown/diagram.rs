//! The stack as a Mermaid diagram.

use redrive_model::duration::show;
use redrive_model::names::redrive_handler;
use redrive_model::policy::OnPermanent;
use redrive_syntax::function::Redrive;

use crate::stack::Stack;

pub(super) fn render(stack: &Stack) -> String {
    let mut text = "```mermaid\nflowchart LR\n".to_owned();
    for (number, entry) in stack.functions.iter().enumerate() {
        let function = &entry.function;
        let mut add = |part: String| text += &format!("    {part}\n");
        let parts = ["queue", "dlq", "parking", "worker", "redrive"];
        let [queue, dlq, parking, worker, redrive] = parts.map(|part| format!("{part}{number}"));
        add(format!("{queue}[(\"{}\")]", function.queue_name()));
        if function.has_dlq() {
            add(format!("{dlq}[(\"{}\")]", function.dlq_name()));
        }
        add(format!("{worker}[\"{}\"]", function.name));
        add(format!("senders{number}([senders]) --> {queue}"));
        let batch = function.batch_size;
        add(format!("{queue} -->|batches of {batch}| {worker}"));
        if function.has_parking() {
            add(format!("{parking}[(\"{}\")]", function.parking_name()));
        }
        if function.has_dlq() {
            let receives = function.receives();
            add(format!("{queue} -->|after {receives} receives| {dlq}"));
        }
        if let Some(most) = function.rounds() {
            let receives = function.max_receive_count;
            add(format!("{worker} -->|failed in receive {receives}| {dlq}"));
            add(format!(
                "{worker} -->|failed after {most} redrives| {parking}"
            ));
        }
        match function.on_permanent {
            OnPermanent::Report => {}
            OnPermanent::Dlq => add(format!("{worker} -->|permanent errors| {dlq}")),
            OnPermanent::Park => add(format!("{worker} -->|permanent errors| {parking}")),
        }
        if let Some(backoff) = function.queue_backoff {
            let [min, max] = [backoff.min, backoff.max].map(show);
            add(format!(
                "{worker} -.->|failed, invisible {min} to {max}| {queue}"
            ));
        }
        if let Some(Redrive {
            schedule, timezone, ..
        }) = function.redrive()
        {
            let (schedule, handler) = (schedule.as_str(), redrive_handler(&function.name));
            add(format!(
                "schedule{number}{{{{\"{schedule}<br>{timezone}\"}}}}"
            ));
            add(format!("{redrive}[\"{handler}\"]"));
            add(format!("schedule{number} --> {redrive}"));
            add(format!("{redrive} -.->|starts the move| {dlq}"));
            add(format!("{dlq} -->|redrive| {queue}"));
        }
    }
    text.push_str("```\n\n");
    text
}
