//! The worker, its role and its logs, and the mapping that invokes it.

use redrive_model::duration::{seconds, show};
use redrive_model::{Pollers, limits};

use super::queue_ref::use_key;
use super::resource::{EventSourceMapping, Grant, Kind, LambdaFunction, Resource, Role, Value};
use super::{Part, Scope};
use crate::lambda::{Variable, worker_variables};

/// The end of the description of a function that X-Ray traces.
pub(super) const TRACED: &str = ", traced by X-Ray";

pub(super) fn resources(scope: &Scope<'_>) -> Vec<Resource> {
    vec![
        worker(scope),
        mapping(scope),
        role(scope),
        scope.resource(Part::WorkerLogs, "log group of the worker", Kind::LogGroup),
    ]
}

fn worker(scope: &Scope<'_>) -> Resource {
    let function = scope.function;
    let (timeout, memory) = (show(function.timeout), function.memory);
    let mut description = format!(
        "worker, code of `{}`: timeout {timeout}, memory {memory} MB",
        scope.binary
    );
    if function.ephemeral_storage != *limits::STORAGE_MB.start() {
        description += &format!(", storage {} MB", function.ephemeral_storage);
    }
    if let Some(reserved) = function.reserved_concurrency {
        description += &format!(", {reserved} reserved invocations");
    }
    if function.vpc {
        description += ", in a VPC";
    }
    if function.tracing {
        description += TRACED;
    }
    if !function.env.is_empty() {
        let names = function.env.keys().map(|name| format!("`{name}`"));
        description += &format!(", environment {}", names.collect::<Vec<_>>().join(" "));
    }
    let worker = LambdaFunction {
        binary: scope.binary.to_owned(),
        handler: function.name.clone(),
        timeout: seconds(function.timeout),
        memory,
        storage: function.ephemeral_storage,
        reserved_concurrency: function.reserved_concurrency,
        tracing: function.tracing,
        vpc: function.vpc,
        role: scope.id(Part::WorkerRole),
        logs: scope.id(Part::WorkerLogs),
        environment: scope.environment(worker_variables(function)),
    };
    scope.resource(Part::Worker, description, Kind::Function(worker))
}

fn mapping(scope: &Scope<'_>) -> Resource {
    let function = scope.function;
    let mut description = format!(
        "invokes the worker with up to {} messages",
        function.batch_size
    );
    if !function.batch_window.is_zero() {
        description += &format!(" or those of {}", show(function.batch_window));
    }
    if let Some(most) = function.max_concurrency {
        description += &format!(", at most {most} batches at the same time");
    }
    if let Some(Pollers { min, max }) = function.pollers {
        description += &format!(", by {min} to {max} pollers");
    }
    let mapping = Kind::EventSourceMapping(EventSourceMapping {
        queue: scope.queue().arn(),
        function: scope.id(Part::Worker),
        enabled: scope.id(Part::Enabled),
        batch_size: function.batch_size,
        batch_window: (!function.is_fifo()).then(|| seconds(function.batch_window)),
        max_concurrency: function.max_concurrency,
        pollers: function.pollers,
    });
    scope.resource(Part::EventSourceMapping, description, mapping)
}

fn role(scope: &Scope<'_>) -> Resource {
    let function = scope.function;
    let mut consume = Grant::new(
        "Consume",
        &[
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        ],
        scope.queue().arn(),
        format!(
            "receive and delete messages of `{}`, read its attributes",
            function.queue_name()
        ),
    );
    if function.queue_backoff.is_some() || function.idempotent.is_some() {
        consume.actions.push("sqs:ChangeMessageVisibility");
        consume.description += ", change how long a message stays invisible";
    }
    let mut grants = vec![consume, Grant::write_logs(scope.id(Part::WorkerLogs))];
    let (sends, parks) = (function.sends_to_dlq(), function.has_parking());
    if sends {
        grants.push(Grant::send(
            "SendToDlq",
            scope.dlq().arn(),
            function.dlq_name(),
        ));
    }
    if parks {
        grants.push(Grant::send(
            "Park",
            scope.parking().arn(),
            function.parking_name(),
        ));
    }
    grants.extend(scope.remember());
    grants.extend(function.tracing.then(Grant::trace));
    grants.extend(function.vpc.then(Grant::use_vpc));
    grants.extend(use_key("UseKey", function.kms_key.as_ref(), sends || parks));
    let role = Kind::Role(Role {
        name: "worker",
        service: "lambda.amazonaws.com",
        grants,
        statements: scope.permissions.to_vec(),
        policies: function.policies.clone(),
    });
    scope.resource(Part::WorkerRole, "role of the worker", role)
}

impl Scope<'_> {
    pub(super) fn environment(
        &self,
        variables: impl IntoIterator<Item = (String, Variable)>,
    ) -> Vec<(String, Value)> {
        let value = |variable| match variable {
            Variable::QueueUrl => self.queue().url(),
            Variable::QueueArn => self.queue().arn(),
            Variable::DlqUrl => self.dlq().url(),
            Variable::DlqArn => self.dlq().arn(),
            Variable::Table => self.table_name(),
            Variable::ParkingUrl => self.parking().url(),
            Variable::Text(text) => Value::Text(text),
        };
        let variables = variables.into_iter();
        variables
            .map(|(name, variable)| (name, value(variable)))
            .collect()
    }
}
