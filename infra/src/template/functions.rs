//! The two Lambda functions, their logs, and the mapping that feeds the worker.

use std::collections::BTreeMap;

use redrive_syntax::Function;
use serde_json::{Value, json};

use super::intrinsic::{arn, reference};
use super::names::shared;
use super::{Ids, Part, Section};
use crate::lambda::{
    REDRIVE_MEMORY, REDRIVE_TIMEOUT, Variable, redrive_variables, worker_variables,
};
use crate::stack::Architecture;

/// The zip that holds the binary, and what it was built for.
pub(super) struct Code {
    pub(super) zip: String,
    pub(super) architecture: Architecture,
}

pub(super) fn add(resources: &mut Section, ids: &Ids, function: &Function, code: &Code) {
    resources.insert(ids.of(Part::Worker), worker(ids, function, code));
    resources.insert(ids.of(Part::WorkerLogs), logs());
    resources.insert(ids.of(Part::EventSourceMapping), mapping(ids, function));
    if function.redrive.is_some() {
        resources.insert(ids.of(Part::Redrive), redriver(ids, function, code));
        resources.insert(ids.of(Part::RedriveLogs), logs());
    }
}

fn worker(ids: &Ids, function: &Function, code: &Code) -> Value {
    let mut worker = lambda(code);
    worker["Properties"]["Handler"] = json!(function.name);
    worker["Properties"]["Timeout"] = json!(function.timeout);
    worker["Properties"]["MemorySize"] = json!(function.memory);
    worker["Properties"]["Role"] = arn(&ids.of(Part::WorkerRole));
    worker["Properties"]["LoggingConfig"] = logging(&ids.of(Part::WorkerLogs));
    let variables = worker_variables(function);
    if !variables.is_empty() {
        worker["Properties"]["Environment"] = environment(ids, variables);
    }
    worker
}

fn redriver(ids: &Ids, function: &Function, code: &Code) -> Value {
    let mut redriver = lambda(code);
    redriver["Properties"]["Handler"] = json!(format!("{}.redrive", function.name));
    redriver["Properties"]["Timeout"] = json!(REDRIVE_TIMEOUT);
    redriver["Properties"]["MemorySize"] = json!(REDRIVE_MEMORY);
    redriver["Properties"]["Role"] = arn(&ids.of(Part::RedriveRole));
    redriver["Properties"]["LoggingConfig"] = logging(&ids.of(Part::RedriveLogs));
    redriver["Properties"]["Environment"] = environment(ids, redrive_variables(function));
    redriver
}

/// What the worker and the redrive function have in common.
fn lambda(code: &Code) -> Value {
    let architecture = match code.architecture {
        Architecture::Arm64 => "arm64",
        Architecture::X86_64 => "x86_64",
    };
    json!({
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "provided.al2023",
            "Architectures": [architecture],
            "Code": code.zip,
        },
    })
}

fn environment(ids: &Ids, variables: BTreeMap<String, Variable>) -> Value {
    let value = |variable| match variable {
        Variable::QueueUrl => reference(&ids.of(Part::Queue)),
        Variable::QueueArn => arn(&ids.of(Part::Queue)),
        Variable::DlqUrl => reference(&ids.of(Part::Dlq)),
        Variable::DlqArn => arn(&ids.of(Part::Dlq)),
        Variable::Text(text) => json!(text),
    };
    let variables: Section = variables
        .into_iter()
        .map(|(name, variable)| (name, value(variable)))
        .collect();
    json!({ "Variables": variables })
}

fn logging(group: &str) -> Value {
    json!({ "LogFormat": "JSON", "LogGroup": reference(group) })
}

fn logs() -> Value {
    json!({
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": { "RetentionInDays": reference(shared::LOG_RETENTION) },
    })
}

fn mapping(ids: &Ids, function: &Function) -> Value {
    let mut mapping = json!({
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "EventSourceArn": arn(&ids.of(Part::Queue)),
            "FunctionName": reference(&ids.of(Part::Worker)),
            "BatchSize": function.batch_size,
            // Without this, Lambda takes the worker's list of failed messages
            // for a success and deletes them.
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        },
    });
    if function.batch_window > 0 {
        mapping["Properties"]["MaximumBatchingWindowInSeconds"] = json!(function.batch_window);
    }
    if let Some(most) = function.max_concurrency {
        mapping["Properties"]["ScalingConfig"] = json!({ "MaximumConcurrency": most });
    }
    mapping
}
