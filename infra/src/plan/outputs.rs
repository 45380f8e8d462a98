//! What other stacks and programs need to know of the deployed resources.

use super::names::shared::{FAILURES, FAILURES_URL};
use super::resource::Value;
use super::{Part, Scope};

pub(crate) struct Output {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) value: Value,
}

pub(super) fn outputs(scope: &Scope<'_>) -> Vec<Output> {
    let output = |part, what: &str, value: fn(String) -> Value, of| Output {
        id: scope.id(part),
        description: format!("{what} of {}", scope.function.name),
        value: value(scope.id(of)),
    };
    let name = "Redrive function's name";
    let redrive = output(Part::RedriveName, name, Value::FunctionName, Part::Redrive);
    let mut outputs = vec![
        output(Part::QueueUrl, "Queue URL", Value::QueueUrl, Part::Queue),
        output(Part::QueueArn, "Queue ARN", Value::Arn, Part::Queue),
        output(Part::DlqUrl, "DLQ URL", Value::QueueUrl, Part::Dlq),
        output(Part::DlqArn, "DLQ ARN", Value::Arn, Part::Dlq),
        output(
            Part::WorkerName,
            "Worker's function name",
            Value::FunctionName,
            Part::Worker,
        ),
    ];
    outputs.extend(scope.function.dlq_redrive.as_ref().map(|_| redrive));
    outputs
}

pub(super) fn failures() -> Output {
    Output {
        id: FAILURES_URL.to_owned(),
        description: "URL of the queue for redrives that were given up".to_owned(),
        value: Value::QueueUrl(FAILURES.to_owned()),
    }
}
