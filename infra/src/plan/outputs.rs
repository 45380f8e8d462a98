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
    let of = |part, what: &str, value| Output {
        id: scope.id(part),
        description: format!("{what} of {}", scope.function.name),
        value,
    };
    let output =
        |part, what: &str, value: fn(String) -> Value, id| of(part, what, value(scope.id(id)));
    let name = "Redrive function's name";
    let redrive = output(Part::RedriveName, name, Value::FunctionName, Part::Redrive);
    let mut outputs = vec![
        of(Part::QueueUrl, "Queue URL", scope.queue().url()),
        of(Part::QueueArn, "Queue ARN", scope.queue().arn()),
        output(
            Part::WorkerName,
            "Worker's function name",
            Value::FunctionName,
            Part::Worker,
        ),
    ];
    if scope.function.has_dlq() {
        outputs.push(of(Part::DlqUrl, "DLQ URL", scope.dlq().url()));
        outputs.push(of(Part::DlqArn, "DLQ ARN", scope.dlq().arn()));
    }
    if scope.function.has_parking() {
        let (url, arn) = (scope.parking().url(), scope.parking().arn());
        outputs.push(of(Part::ParkingUrl, "Parking queue URL", url));
        outputs.push(of(Part::ParkingArn, "Parking queue ARN", arn));
    }
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
