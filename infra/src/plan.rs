//! What a stack deploys, as data: resources with the rights of each role,
//! outputs and parameters.
//!
//! Deployment formats print a plan, `stack.md` describes it, and functions whose
//! names collide are found in it. So a new resource is one function in here.

mod alarms;
pub(crate) mod conflicts;
mod dashboard;
mod functions;
mod idempotency;
mod names;
mod outputs;
mod parameters;
mod queue_ref;
mod queues;
mod redrive;
mod resource;
mod senders;
mod summary;

use std::collections::BTreeMap;

use redrive_syntax::{Function, ParameterText};

pub(crate) use names::{id, pascal, shared};
pub(crate) use outputs::Output;
pub(crate) use parameters::{Parameter, ParameterKind};
pub(crate) use resource::{
    ALARM_PERIOD, Alarm, Allowed, EventSourceMapping, Grant, Kind, LambdaFunction, MAXIMUM_AGE,
    Metric, Part, Queue, QueuePolicy, RETRIES, Resource, Role, Schedule, Subscription, Value,
    Widget,
};
pub(crate) use senders::{statements, sub};
pub(crate) use summary::{Summary, all_of};

use crate::stack::{Architecture, Stack};

/// What a stack deploys.
pub(crate) struct Plan {
    /// The name of the package.
    pub(crate) package: String,
    /// The architecture of all functions.
    pub(crate) architecture: Architecture,
    /// What is chosen at deployment.
    pub(crate) parameters: Vec<Parameter>,
    /// The resources: those of each function, then those that all share.
    pub(crate) resources: Vec<Resource>,
    /// What other stacks and programs need to know of the deployed resources.
    pub(crate) outputs: Vec<Output>,
}

/// The plan of `stack`; the same stack always gives the same plan.
pub(crate) fn of(stack: &Stack) -> Plan {
    let functions = || stack.functions.iter().map(|entry| &entry.function);
    let redriven = || functions().filter(|function| function.dlq_redrive.is_some());
    // The queue of failures has the key of the first function that has one.
    let failures_key = redriven().find_map(|function| function.kms_key.as_ref());
    let mut resources = Vec::new();
    let mut outputs = Vec::new();
    let mut widgets = Vec::new();
    for (index, entry) in stack.functions.iter().enumerate() {
        let scope = &Scope {
            index,
            binary: &entry.binary,
            function: &entry.function,
            permissions: stack
                .permissions
                .get(&entry.function.name)
                .map_or(&[], Vec::as_slice),
            failures_key,
        };
        resources.extend(queues::resources(scope));
        resources.extend(functions::resources(scope));
        resources.extend(redrive::resources(scope));
        resources.extend(alarms::resources(scope));
        outputs.extend(outputs::outputs(scope));
        widgets.extend(dashboard::widgets(scope));
    }
    if redriven().next().is_some() {
        let has_alarm = redriven().any(|function| function.alarms.enabled);
        resources.extend(redrive::shared(has_alarm, failures_key));
        let what = "URL of the queue for redrives that were given up";
        let url = Value::QueueUrl(shared::FAILURES.to_owned());
        outputs.push(Output::new(shared::FAILURES_URL, what, url));
    }
    if stack.dashboard {
        let what = "CloudWatch dashboard of all functions";
        let dashboard = Kind::Dashboard(widgets);
        resources.push(Resource::new(shared::DASHBOARD, None, what, dashboard));
    }
    if functions().any(idempotency::needs_table) {
        resources.push(idempotency::table());
        outputs.push(idempotency::output());
    }
    for resource in &mut resources {
        resource.tags = tags(stack, resource.function);
    }
    Plan {
        package: stack.package.clone(),
        architecture: stack.architecture,
        parameters: parameters::parameters(stack),
        resources,
        outputs,
    }
}

/// The tags of the resources of a function of the stack, or of those that all share.
pub(crate) fn tags(stack: &Stack, function: Option<usize>) -> BTreeMap<String, String> {
    let mut tags = stack.tags.clone();
    if let Some(index) = function {
        tags.extend(stack.functions[index].function.tags.clone());
    }
    tags
}

/// The function whose resources are planned.
struct Scope<'a> {
    index: usize,
    binary: &'a str,
    function: &'a Function,
    /// The IAM statements of its key `permissions`.
    permissions: &'a [serde_json::Value],
    failures_key: Option<&'a ParameterText>,
}

impl Scope<'_> {
    fn id(&self, part: Part) -> String {
        id(self.function, part)
    }

    fn resource(&self, part: Part, description: impl Into<String>, kind: Kind) -> Resource {
        Resource::new(self.id(part), Some(self.index), description, kind)
    }
}
