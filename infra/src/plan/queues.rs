//! The source queue, its DLQ and the parking queue.

use redrive_model::duration::{seconds, show};
use redrive_model::limits::LONGEST_RETENTION;

use super::queue_ref::QueueRef;
use super::resource::{Allowed, Kind, Queue, QueuePolicy, Resource};
use super::{Part, Scope, senders};

pub(super) fn resources(scope: &Scope<'_>) -> Vec<Resource> {
    let function = scope.function;
    let mut resources = Vec::new();
    if let QueueRef::Own(id) = scope.queue() {
        let policy = policy(id, function.queue_name(), senders::statements(function));
        resources.push(source(scope));
        resources.push(scope.resource(Part::QueuePolicy, "policy of the source queue", policy));
    }
    if let QueueRef::Own(id) = scope.dlq()
        && function.has_dlq()
    {
        let policy = policy(id, function.dlq_name(), Vec::new());
        resources.push(dlq(scope));
        resources.push(scope.resource(Part::DlqPolicy, "policy of the DLQ", policy));
    }
    if let QueueRef::Own(id) = scope.parking()
        && function.has_parking()
    {
        let policy = policy(id, function.parking_name(), Vec::new());
        resources.push(parking(scope));
        let what = "policy of the parking queue";
        resources.push(scope.resource(Part::ParkingPolicy, what, policy));
    }
    resources.extend(senders::subscriptions(scope));
    resources
}

pub(super) fn policy(
    queue: impl Into<String>,
    name: impl Into<String>,
    senders: Vec<Allowed>,
) -> Kind {
    Kind::QueuePolicy(QueuePolicy {
        queue: queue.into(),
        name: name.into(),
        senders,
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
        function.receives(),
    );
    let queue = Queue {
        name: Some(function.queue.clone()),
        is_fifo: function.is_fifo(),
        retention: seconds(function.retention),
        visibility_timeout: Some(seconds(function.visibility_timeout)),
        dlq: Some((scope.dlq().arn(), function.receives())),
        kms_key: function.kms_key.clone(),
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
        kms_key: function.kms_key.clone(),
        ..Queue::default()
    };
    scope.resource(Part::Dlq, description, Kind::Queue(queue))
}

fn parking(scope: &Scope<'_>) -> Resource {
    let function = scope.function;
    let name = function.parking();
    // It is a new message, so all of that is left when it is parked.
    let kept = show(LONGEST_RETENTION);
    let description =
        format!("parking queue `{name}`: messages that are not redriven any more, kept {kept}");
    let queue = Queue {
        name: Some(name),
        is_fifo: function.is_fifo(),
        retention: seconds(LONGEST_RETENTION),
        kms_key: function.kms_key.clone(),
        ..Queue::default()
    };
    scope.resource(Part::Parking, description, Kind::Queue(queue))
}
