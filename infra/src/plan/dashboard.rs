//! What one looks at when messages fail: the dashboard of a package.

use std::collections::BTreeMap;

use redrive_model::log::metric;

use super::names::shared::DASHBOARD;
use super::resource::{Dashboard, Kind, Metric, Resource, Value, Widget};
use super::{Part, Scope};

const SQS: &str = "AWS/SQS";
const LAMBDA: &str = "AWS/Lambda";

/// The dashboard with the widgets of all functions.
pub(super) fn dashboard(widgets: Vec<Widget>) -> Resource {
    Resource {
        id: DASHBOARD.to_owned(),
        function: None,
        description: "CloudWatch dashboard of all functions".to_owned(),
        tags: BTreeMap::new(),
        kind: Kind::Dashboard(Dashboard { widgets }),
    }
}

/// The widgets of a function.
pub(super) fn widgets(scope: &Scope<'_>) -> Vec<Widget> {
    let function = scope.function;
    let widget = |what: &str, metrics| Widget {
        title: format!("{}: {what}", function.name),
        metrics,
    };
    let queue = |name, label| of_queue(scope.queue().name(), name, label);
    let worker = |name, statistic, label| of_lambda(scope.id(Part::Worker), name, statistic, label);
    let mut widgets = vec![
        widget(
            "messages in the queue",
            vec![
                queue("ApproximateNumberOfMessagesVisible", "waiting"),
                queue("ApproximateNumberOfMessagesNotVisible", "received"),
            ],
        ),
        widget(
            "seconds that the oldest message waits",
            vec![queue("ApproximateAgeOfOldestMessage", "oldest")],
        ),
    ];
    if function.has_dlq() {
        let waiting = of_queue(
            scope.dlq().name(),
            "ApproximateNumberOfMessagesVisible",
            "waiting",
        );
        widgets.push(widget("messages in the DLQ", vec![waiting]));
    }
    if function.has_parking() {
        let parked = of_queue(
            scope.parking().name(),
            "ApproximateNumberOfMessagesVisible",
            "parked",
        );
        widgets.push(widget("messages that are parked", vec![parked]));
    }
    let mut latency = vec![
        worker("Duration", "p50", "invocation, median"),
        worker("Duration", "p99", "invocation, 99 %"),
    ];
    if function.metrics {
        let of_records = |name, statistic, label| Metric {
            namespace: metric::NAMESPACE,
            name,
            statistic,
            label,
            dimensions: vec![
                (
                    metric::FUNCTION,
                    Value::FunctionName(scope.id(Part::Worker)),
                ),
                (metric::QUEUE, scope.queue().name()),
            ],
        };
        let sum = |name, label| of_records(name, "Sum", label);
        widgets.push(widget(
            "records by outcome",
            vec![
                sum(metric::SUCCEEDED, "completed"),
                sum(metric::FAILED, "failed"),
                sum(metric::PERMANENT, "failed permanently"),
                sum(metric::OUT_OF_TIME, "out of time"),
            ],
        ));
        if function.rounds().is_some() {
            widgets.push(widget(
                "records that the worker sends on",
                vec![
                    sum(metric::SENT_TO_DLQ, "sent to the DLQ"),
                    sum(metric::PARKED, "parked"),
                ],
            ));
        }
        widgets.push(widget(
            "records with retries",
            vec![sum(metric::RETRIED, "retried")],
        ));
        latency.push(of_records(metric::BATCH_LATENCY, "p99", "batch, 99 %"));
    }
    widgets.push(widget("latency in milliseconds", latency));
    widgets.push(widget(
        "invocations of the worker",
        vec![
            worker("Invocations", "Sum", "invocations"),
            worker("Errors", "Sum", "errors"),
            worker("Throttles", "Sum", "throttles"),
        ],
    ));
    if function.dlq_redrive.is_some() {
        let id = || scope.id(Part::Redrive);
        let failed = Metric {
            namespace: metric::NAMESPACE,
            name: metric::FAILED_MOVE_TASKS,
            statistic: "Sum",
            label: "failed move tasks",
            dimensions: vec![(metric::FUNCTION, Value::FunctionName(id()))],
        };
        widgets.push(widget(
            "redrives",
            vec![
                of_lambda(id(), "Invocations", "Sum", "redrives"),
                of_lambda(id(), "Errors", "Sum", "errors"),
                failed,
            ],
        ));
    }
    widgets
}

fn of_queue(queue: Value, name: &'static str, label: &'static str) -> Metric {
    Metric {
        namespace: SQS,
        name,
        statistic: "Maximum",
        label,
        dimensions: vec![("QueueName", queue)],
    }
}

fn of_lambda(
    function: String,
    name: &'static str,
    statistic: &'static str,
    label: &'static str,
) -> Metric {
    Metric {
        namespace: LAMBDA,
        name,
        statistic,
        label,
        dimensions: vec![("FunctionName", Value::FunctionName(function))],
    }
}
