//! The source queue, its DLQ and the parking queue.

use redrive_model::duration::{seconds, show};
use redrive_model::limits::LONGEST_RETENTION;
use redrive_syntax::ParameterText;

use super::resource::{Allowed, Kind, Queue, QueuePolicy, Resource};
use super::{Part, Scope, senders};

pub(super) fn resources(scope: &Scope<'_>) -> Vec<Resource> {
    let function = scope.function;
    let queue = |name: &ParameterText, retention| Queue {
        name: Some(name.clone()),
        is_fifo: function.is_fifo(),
        retention: seconds(retention),
        kms_key: function.kms_key.clone(),
        ..Queue::default()
    };
    let mut resources = Vec::new();
    let mut add = |[part, of_policy]: [Part; 2], what: &str, description, queue: Queue, senders| {
        let name = queue.name.as_ref().map(ToString::to_string);
        let policy = policy(scope.id(part), name.unwrap_or_default(), senders);
        resources.push(scope.resource(part, description, Kind::Queue(queue)));
        resources.push(scope.resource(of_policy, format!("policy of the {what}"), policy));
    };
    if function.existing_queue().is_none() {
        let name = &function.queue;
        let description = format!(
            "source queue `{name}`: {}messages kept {}, invisible for {} after a receive, moved to the DLQ after {} receives",
            if function.is_fifo() { "FIFO, " } else { "" },
            show(function.retention),
            show(function.visibility_timeout),
            function.receives(),
        );
        let source = Queue {
            visibility_timeout: Some(seconds(function.visibility_timeout)),
            dlq: Some((scope.dlq().arn(), function.receives())),
            ..queue(name, function.retention)
        };
        let parts = [Part::Queue, Part::QueuePolicy];
        let senders = senders::statements(function);
        add(parts, "source queue", description, source, senders);
    }
    if function.has_dlq() && function.existing_dlq().is_none() {
        let name = &function.dlq();
        let kept = show(function.dlq_retention);
        let description = format!("DLQ `{name}`: messages kept {kept}");
        let dlq = Queue {
            dlq_of: Some(function.queue.clone()),
            ..queue(name, function.dlq_retention)
        };
        let parts = [Part::Dlq, Part::DlqPolicy];
        add(parts, "DLQ", description, dlq, Vec::new());
    }
    if function.has_parking() && function.existing_parking().is_none() {
        let name = &function.parking();
        // It is a new message, so all of that is left when it is parked.
        let kept = show(LONGEST_RETENTION);
        let description =
            format!("parking queue `{name}`: messages that are not redriven any more, kept {kept}");
        let parking = queue(name, LONGEST_RETENTION);
        let parts = [Part::Parking, Part::ParkingPolicy];
        add(parts, "parking queue", description, parking, Vec::new());
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
