//! The alarms: what keeps failing is seen.

use redrive_syntax::Function;
use serde_json::{Value, json};

use super::intrinsic::{attribute, only_if, reference};
use super::names::shared;
use super::{Ids, Part, Section};

pub(super) fn add(resources: &mut Section, ids: &Ids, function: &Function) {
    let queue = ids.of(Part::Queue);
    resources.insert(
        ids.of(Part::DlqAlarm),
        waiting(
            &ids.of(Part::Dlq),
            &format!("Messages of {} are in its DLQ", function.queue),
        ),
    );
    resources.insert(
        ids.of(Part::WorkerAlarm),
        errors(
            &ids.of(Part::Worker),
            &format!("Invocations of {} end with an error", function.name),
        ),
    );
    // Half of the retention leaves as long again to act.
    let age = function.retention / 2;
    let text = format!(
        "Messages of {} wait so long that they will expire",
        function.queue
    );
    resources.insert(
        ids.of(Part::QueueAgeAlarm),
        alarm(
            &text,
            &on_queue(&queue, "ApproximateAgeOfOldestMessage"),
            "Maximum",
            age,
        ),
    );
    if function.redrive.is_some() {
        resources.insert(
            ids.of(Part::RedriveAlarm),
            errors(
                &ids.of(Part::Redrive),
                &format!("Redrives of {} end with an error", function.queue),
            ),
        );
    }
}

/// The alarm on redrives that were given up.
pub(super) fn add_failures(resources: &mut Section) {
    resources.insert(
        shared::FAILURES_ALARM.to_owned(),
        waiting(shared::FAILURES, "A scheduled redrive was given up"),
    );
}

/// Messages wait in a queue that should be empty.
fn waiting(queue: &str, text: &str) -> Value {
    alarm(
        text,
        &on_queue(queue, "ApproximateNumberOfMessagesVisible"),
        "Maximum",
        0,
    )
}

/// Invocations end with an error.
fn errors(function: &str, text: &str) -> Value {
    let metric = Metric {
        namespace: "AWS/Lambda",
        name: "Errors",
        dimension: json!({ "Name": "FunctionName", "Value": reference(function) }),
    };
    alarm(text, &metric, "Sum", 0)
}

struct Metric {
    namespace: &'static str,
    name: &'static str,
    dimension: Value,
}

fn on_queue(queue: &str, name: &'static str) -> Metric {
    Metric {
        namespace: "AWS/SQS",
        name,
        dimension: json!({ "Name": "QueueName", "Value": attribute(queue, "QueueName") }),
    }
}

fn alarm(text: &str, metric: &Metric, statistic: &str, above: u32) -> Value {
    json!({
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": text,
            "Namespace": metric.namespace,
            "MetricName": metric.name,
            "Dimensions": [metric.dimension],
            "Statistic": statistic,
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": above,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": only_if(shared::HAS_ALARM_TOPIC, &json!([reference(shared::ALARM_TOPIC)])),
        },
    })
}
