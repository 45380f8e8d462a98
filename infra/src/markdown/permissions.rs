//! The roles in words.

use redrive_syntax::Function;
use redrive_syntax::function::OnPermanent;

use super::line;

pub(super) fn render(function: &Function) -> String {
    let (queue, dlq) = (&function.queue, function.dlq());
    let mut text = "What each role may do:\n\n".to_owned();
    line(
        &mut text,
        &format!("- worker: {}; write its own log", worker(function)),
    );
    if function.redrive.is_some() {
        line(
            &mut text,
            &format!(
                "- redrive function: start and list move tasks of `{dlq}`, receive and delete its messages, \
                 read its attributes; send to `{queue}`; keep a failed redrive; write its own log"
            ),
        );
        line(
            &mut text,
            "- schedule: invoke the redrive function, and no other; keep a failed redrive",
        );
    }
    line(&mut text, "- anyone: nothing on the queues without TLS\n");
    text
}

fn worker(function: &Function) -> String {
    let queue = &function.queue;
    let mut rights = vec![format!(
        "receive and delete messages of `{queue}`, read its attributes"
    )];
    if function.queue_backoff.is_some() {
        rights.push("change how long a message stays invisible".to_owned());
    }
    if function.on_permanent == OnPermanent::Dlq {
        rights.push(format!("send to `{}`", function.dlq()));
    }
    rights.extend(
        function
            .policies
            .iter()
            .map(|policy| format!("what `{policy}` allows")),
    );
    rights.join("; ")
}
