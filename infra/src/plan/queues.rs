//! The source queue and its DLQ.

use std::fmt::Display;

use redrive_model::duration::{seconds, show};

use super::resource::{Kind, Queue, QueuePolicy, Resource};
use super::{Part, Scope};

pub(super) fn resources(scope: &Scope<'_>) -> Vec<Resource> {
    let function = scope.function;
    let policy = only_with_tls(scope.id(Part::Queue), &function.queue);
    let dlq_policy = only_with_tls(scope.id(Part::Dlq), function.dlq());
    vec![
        source(scope),
        dlq(scope),
        scope.resource(Part::QueuePolicy, "policy of the source queue", policy),
        scope.resource(Part::DlqPolicy, "policy of the DLQ", dlq_policy),
    ]
}

pub(super) fn only_with_tls(queue: impl Into<String>, name: impl Display) -> Kind {
    Kind::QueuePolicy(QueuePolicy {
        queue: queue.into(),
        description: format!("access to `{name}` without TLS is denied"),
    })
}

fn source(scope: &Scope<'_>) -> Resource {
    let function = scope.function;
    let description = format!(
        "source queue `{}`: {}messages kept {}, invisible for {} after a receive, moved to the DLQ after {} receives",
        function.queue,
        if function.is_fifo() { "FIFO, " } else { "" },
        show(function.retention),
        show(function.visibility_timeout),
        function.max_receive_count,
    );
    let queue = Queue {
        name: Some(function.queue.clone()),
        is_fifo: function.is_fifo(),
        retention: seconds(function.retention),
        visibility_timeout: Some(seconds(function.visibility_timeout)),
        dlq: Some((scope.id(Part::Dlq), function.max_receive_count)),
        ..Queue::default()
    };
    scope.resource(Part::Queue, description, Kind::Queue(queue))
}

fn dlq(scope: &Scope<'_>) -> Resource {
    let function = scope.function;
    let name = function.dlq();
    let kept = show(function.dlq_retention);
    let description = format!("DLQ `{name}`: messages kept {kept}");
    let queue = Queue {
        name: Some(name),
        is_fifo: function.is_fifo(),
        retention: seconds(function.dlq_retention),
        dlq_of: Some(function.queue.clone()),
        ..Queue::default()
    };
    scope.resource(Part::Dlq, description, Kind::Queue(queue))
}
