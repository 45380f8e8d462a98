//! What one looks at when messages fail: the dashboard of a package.

use redrive_model::log::metric;

use super::resource::{Metric, Value, Widget};
use super::{Part, Scope};

/// The widgets of a function.
pub(super) fn widgets(scope: &Scope<'_>) -> Vec<Widget> {
    let function = scope.function;
    let (worker_id, redrive_id) = (scope.id(Part::Worker), scope.id(Part::Redrive));
    let worker = |name, statistic| Metric::of_lambda(name, statistic, worker_id.clone());
    let redrive = |name| Metric::of_lambda(name, "Sum", redrive_id.clone());
    let queue = || scope.queue().name();
    let mut widgets = Vec::new();
    let mut add = |what: &str, metrics| {
        let title = format!("{}: {what}", function.name);
        widgets.push(Widget { title, metrics });
    };
    let received = Metric::of_queue("ApproximateNumberOfMessagesNotVisible", queue());
    add(
        "messages in the queue",
        vec![
            ("waiting", Metric::waiting(queue())),
            ("received", received),
        ],
    );
    add(
        "seconds that the oldest message waits",
        vec![("oldest", Metric::oldest(queue()))],
    );
    if function.has_dlq() {
        let waiting = Metric::waiting(scope.dlq().name());
        add("messages in the DLQ", vec![("waiting", waiting)]);
    }
    if function.has_parking() {
        let parked = Metric::waiting(scope.parking().name());
        add("messages that are parked", vec![("parked", parked)]);
    }
    let mut latency = vec![
        ("invocation, median", worker("Duration", "p50")),
        ("invocation, 99 %", worker("Duration", "p99")),
    ];
    if function.metrics {
        let of_records = |name, statistic| Metric {
            namespace: metric::NAMESPACE,
            name,
            statistic,
            dimensions: vec![
                (metric::FUNCTION, Value::FunctionName(worker_id.clone())),
                (metric::QUEUE, queue()),
            ],
        };
        let sum = |name| of_records(name, "Sum");
        add(
            "records by outcome",
            vec![
                ("completed", sum(metric::SUCCEEDED)),
                ("failed", sum(metric::FAILED)),
                ("failed permanently", sum(metric::PERMANENT)),
                ("out of time", sum(metric::OUT_OF_TIME)),
            ],
        );
        if function.rounds().is_some() {
            add(
                "records that the worker sends on",
                vec![
                    ("sent to the DLQ", sum(metric::SENT_TO_DLQ)),
                    ("parked", sum(metric::PARKED)),
                ],
            );
        }
        add(
            "records with retries",
            vec![("retried", sum(metric::RETRIED))],
        );
        latency.push(("batch, 99 %", of_records(metric::BATCH_LATENCY, "p99")));
    }
    add("latency in milliseconds", latency);
    add(
        "invocations of the worker",
        vec![
            ("invocations", worker("Invocations", "Sum")),
            ("errors", worker("Errors", "Sum")),
            ("throttles", worker("Throttles", "Sum")),
        ],
    );
    if function.dlq_redrive.is_some() {
        let failed = Metric::failed_move_tasks(redrive_id.clone());
        add(
            "redrives",
            vec![
                ("redrives", redrive("Invocations")),
                ("errors", redrive("Errors")),
                ("failed move tasks", failed),
            ],
        );
    }
    widgets
}
