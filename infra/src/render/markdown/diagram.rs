//! The stack as a Mermaid diagram.

use redrive_model::duration::show;
use redrive_model::names::redrive_handler;
use redrive_model::policy::OnPermanent;

use crate::stack::Stack;

pub(super) fn render(stack: &Stack) -> String {
    let mut text = "```mermaid\nflowchart LR\n".to_owned();
    for (number, entry) in stack.functions.iter().enumerate() {
        let function = &entry.function;
        let mut add = |part: String| text += &format!("    {part}\n");
        let (queue, dlq) = (format!("queue{number}"), format!("dlq{number}"));
        add(format!("{queue}[(\"{}\")]", function.queue_name()));
        if function.has_dlq() {
            add(format!("{dlq}[(\"{}\")]", function.dlq_name()));
        }
        add(format!("worker{number}[\"{}\"]", function.name));
        add(format!("senders{number}([senders]) --> {queue}"));
        add(format!(
            "{queue} -->|batches of {}| worker{number}",
            function.batch_size
        ));
        let parking = format!("parking{number}");
        if function.has_parking() {
            add(format!("{parking}[(\"{}\")]", function.parking_name()));
        }
        if function.has_dlq() {
            add(format!(
                "{queue} -->|after {} receives| {dlq}",
                function.receives()
            ));
        }
        if let Some(most) = function.rounds() {
            let receives = function.max_receive_count;
            add(format!(
                "worker{number} -->|failed in receive {receives}| {dlq}"
            ));
            add(format!(
                "worker{number} -->|failed after {most} redrives| {parking}"
            ));
        }
        match function.on_permanent {
            OnPermanent::Report => {}
            OnPermanent::Dlq => add(format!("worker{number} -->|permanent errors| {dlq}")),
            OnPermanent::Park => add(format!("worker{number} -->|permanent errors| {parking}")),
        }
        if let Some(backoff) = function.queue_backoff {
            add(format!(
                "worker{number} -.->|failed, invisible {} to {}| {queue}",
                show(backoff.min),
                show(backoff.max)
            ));
        }
        if let Some(redrive) = &function.redrive() {
            let schedule = redrive.schedule.as_str();
            add(format!(
                "schedule{number}{{{{\"{schedule}<br>{}\"}}}}",
                redrive.timezone
            ));
            add(format!(
                "redrive{number}[\"{}\"]",
                redrive_handler(&function.name)
            ));
            add(format!("schedule{number} --> redrive{number}"));
            add(format!("redrive{number} -.->|starts the move| {dlq}"));
            add(format!("{dlq} -->|redrive| {queue}"));
        }
    }
    text.push_str("```\n\n");
    text
}
