//! What other stacks and programs need to know of the deployed resources.

use super::resource::Value;
use super::{Part, Scope};

pub(crate) struct Output {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) value: Value,
}

impl Output {
    pub(super) fn new(id: impl Into<String>, description: impl Into<String>, value: Value) -> Self {
        Self {
            id: id.into(),
            description: description.into(),
            value,
        }
    }
}

pub(super) fn outputs(scope: &Scope<'_>) -> Vec<Output> {
    let function = scope.function;
    let output = |part, what: &str, value| {
        let description = format!("{what} of {}", function.name);
        Output::new(scope.id(part), description, value)
    };
    let name = |part| Value::FunctionName(scope.id(part));
    let mut outputs = vec![
        output(Part::QueueUrl, "Queue URL", scope.queue().url()),
        output(Part::QueueArn, "Queue ARN", scope.queue().arn()),
        output(
            Part::WorkerName,
            "Worker's function name",
            name(Part::Worker),
        ),
    ];
    if function.has_dlq() {
        outputs.push(output(Part::DlqUrl, "DLQ URL", scope.dlq().url()));
        outputs.push(output(Part::DlqArn, "DLQ ARN", scope.dlq().arn()));
    }
    if function.has_parking() {
        let (url, arn) = (scope.parking().url(), scope.parking().arn());
        outputs.push(output(Part::ParkingUrl, "Parking queue URL", url));
        outputs.push(output(Part::ParkingArn, "Parking queue ARN", arn));
    }
    if function.dlq_redrive.is_some() {
        let what = "Redrive function's name";
        outputs.push(output(Part::RedriveName, what, name(Part::Redrive)));
    }
    outputs
}
