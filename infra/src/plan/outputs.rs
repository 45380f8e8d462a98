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
    let (queue, dlq) = (|| scope.id(Part::Queue), || scope.id(Part::Dlq));
    let mut outputs = vec![
        (Part::QueueUrl, "Queue URL", Value::QueueUrl(queue())),
        (Part::QueueArn, "Queue ARN", Value::Arn(queue())),
        (Part::DlqUrl, "DLQ URL", Value::QueueUrl(dlq())),
        (Part::DlqArn, "DLQ ARN", Value::Arn(dlq())),
        (
            Part::WorkerName,
            "Worker's function name",
            Value::FunctionName(scope.id(Part::Worker)),
        ),
    ];
    if scope.function.redrive.is_some() {
        outputs.push((
            Part::RedriveName,
            "Redrive function's name",
            Value::FunctionName(scope.id(Part::Redrive)),
        ));
    }
    let output = |(part, what, value)| Output {
        id: scope.id(part),
        description: format!("{what} of {}", scope.function.name),
        value,
    };
    outputs.into_iter().map(output).collect()
}

pub(super) fn failures() -> Output {
    Output {
        id: FAILURES_URL.to_owned(),
        description: "URL of the queue for redrives that were given up".to_owned(),
        value: Value::QueueUrl(FAILURES.to_owned()),
    }
}
