//! What others need to know of the deployed stack.

use redrive_syntax::Function;
use serde_json::{Value, json};

use super::intrinsic::{arn, reference};
use super::names::shared;
use super::{Ids, Part, Section};

pub(super) fn add(outputs: &mut Section, ids: &Ids, function: &Function) {
    let (queue, dlq) = (ids.of(Part::Queue), ids.of(Part::Dlq));
    let of = |what: &str| format!("{what} of {}", function.name);
    outputs.insert(
        ids.of(Part::QueueUrl),
        output(&of("Queue URL"), &reference(&queue)),
    );
    outputs.insert(
        ids.of(Part::QueueArn),
        output(&of("Queue ARN"), &arn(&queue)),
    );
    outputs.insert(
        ids.of(Part::DlqUrl),
        output(&of("DLQ URL"), &reference(&dlq)),
    );
    outputs.insert(ids.of(Part::DlqArn), output(&of("DLQ ARN"), &arn(&dlq)));
    outputs.insert(
        ids.of(Part::WorkerName),
        output(
            &of("Worker's function name"),
            &reference(&ids.of(Part::Worker)),
        ),
    );
    if function.redrive.is_some() {
        outputs.insert(
            ids.of(Part::RedriveName),
            output(
                &of("Redrive function's name"),
                &reference(&ids.of(Part::Redrive)),
            ),
        );
    }
}

pub(super) fn add_failures(outputs: &mut Section) {
    outputs.insert(
        shared::FAILURES_URL.to_owned(),
        output(
            "URL of the queue for redrives that were given up",
            &reference(shared::FAILURES),
        ),
    );
}

fn output(text: &str, value: &Value) -> Value {
    json!({ "Description": text, "Value": value })
}
