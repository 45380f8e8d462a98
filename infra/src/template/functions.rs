//! The two Lambda functions, their logs, and the mapping that feeds the worker.

use redrive_syntax::Function;
use redrive_syntax::function::{OnPermanent, Redrive};
use serde_json::{Value, json};

use super::intrinsic::{arn, reference};
use super::names::shared;
use super::{Ids, Part, Section};
use crate::stack::Architecture;

/// The redrive function's timeout in seconds: a few calls to SQS, each with the
/// SDK's own retries.
const REDRIVE_TIMEOUT: u32 = 60;

/// The zip that holds the binary, and what it was built for.
pub(super) struct Code {
    pub(super) zip: String,
    pub(super) architecture: Architecture,
}

pub(super) fn add(resources: &mut Section, ids: &Ids, function: &Function, code: &Code) {
    resources.insert(ids.of(Part::Worker), worker(ids, function, code));
    resources.insert(ids.of(Part::WorkerLogs), logs());
    resources.insert(ids.of(Part::EventSourceMapping), mapping(ids, function));
    if let Some(redrive) = &function.redrive {
        resources.insert(
            ids.of(Part::Redrive),
            redriver(ids, function, redrive, code),
        );
        resources.insert(ids.of(Part::RedriveLogs), logs());
    }
}

fn worker(ids: &Ids, function: &Function, code: &Code) -> Value {
    let mut env: Section = function
        .env
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    if function.queue_backoff.is_some() {
        env.insert(
            "REDRIVE_QUEUE_URL".to_owned(),
            reference(&ids.of(Part::Queue)),
        );
    }
    if function.on_permanent == OnPermanent::Dlq {
        env.insert("REDRIVE_DLQ_URL".to_owned(), reference(&ids.of(Part::Dlq)));
    }
    let mut worker = lambda(function, code);
    worker["Properties"]["Handler"] = json!(function.name);
    worker["Properties"]["Timeout"] = json!(function.timeout);
    worker["Properties"]["Role"] = arn(&ids.of(Part::WorkerRole));
    worker["Properties"]["LoggingConfig"] = logging(&ids.of(Part::WorkerLogs));
    if !env.is_empty() {
        worker["Properties"]["Environment"] = json!({ "Variables": env });
    }
    worker
}

fn redriver(ids: &Ids, function: &Function, redrive: &Redrive, code: &Code) -> Value {
    let mut env = json!({
        "REDRIVE_DLQ_ARN": arn(&ids.of(Part::Dlq)),
        "REDRIVE_DLQ_URL": reference(&ids.of(Part::Dlq)),
        "REDRIVE_SOURCE_ARN": arn(&ids.of(Part::Queue)),
    });
    if let Some(rate) = redrive.rate {
        env["REDRIVE_RATE"] = json!(rate.to_string());
    }
    let mut redriver = lambda(function, code);
    redriver["Properties"]["Handler"] = json!(format!("{}.redrive", function.name));
    redriver["Properties"]["Timeout"] = json!(REDRIVE_TIMEOUT);
    redriver["Properties"]["Role"] = arn(&ids.of(Part::RedriveRole));
    redriver["Properties"]["LoggingConfig"] = logging(&ids.of(Part::RedriveLogs));
    redriver["Properties"]["Environment"] = json!({ "Variables": env });
    redriver
}

/// What the worker and the redrive function have in common.
fn lambda(function: &Function, code: &Code) -> Value {
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
            "MemorySize": function.memory,
        },
    })
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
