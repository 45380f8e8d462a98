//! Metrics in the log, in CloudWatch's embedded metric format.

use std::{
    io::Write,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

#[cfg(feature = "sqs-client")]
use redrive_model::log::metric::FAILED_MOVE_TASKS;
use redrive_model::log::metric::{
    BATCH_LATENCY, DUPLICATES, FAILED, FUNCTION, KEY_CONFLICTS, NAMESPACE, OUT_OF_TIME, PARKED,
    PERMANENT, QUEUE, RETRIED, SENT_TO_DLQ, SUCCEEDED,
};
use serde::Serialize;

use super::{Figures, milliseconds, subscriber::level_and_timestamp};

/// Writes one line of metrics.
///
/// CloudWatch Logs makes metrics of it, without a call
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>).
pub(crate) fn write(function: &str, queue: &str, figures: &Figures, elapsed: Duration) {
    let (level, timestamp) = level_and_timestamp();
    print(line(
        function,
        queue,
        figures,
        elapsed,
        now(),
        level,
        &timestamp,
    ));
}

/// Writes the metric of a move task that failed.
#[cfg(feature = "sqs-client")]
pub(crate) fn move_task_failed(function: &str) {
    let (level, timestamp) = level_and_timestamp();
    let line = serde_json::json!({
        "timestamp": timestamp,
        "level": level,
        "_aws": {
            "Timestamp": now().as_millis() as u64,
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [[FUNCTION]],
                "Metrics": [count(FAILED_MOVE_TASKS)],
            }],
        },
        FUNCTION: function,
        FAILED_MOVE_TASKS: 1,
    });
    print(line.to_string());
}

fn now() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}

fn print(mut line: String) {
    line.push('\n');
    // There is nowhere to report that the log cannot be written.
    _ = std::io::stdout().lock().write_all(line.as_bytes());
}

#[derive(Serialize)]
struct Line<'m> {
    timestamp: &'m str,
    level: &'m str,
    #[serde(rename = "_aws")]
    aws: Aws,
    function: &'m str,
    queue: &'m str,
    #[serde(rename = "Records")]
    records: usize,
    #[serde(rename = "Succeeded")]
    succeeded: usize,
    #[serde(rename = "Failed")]
    failed: usize,
    #[serde(rename = "SentToDlq")]
    sent_to_dlq: usize,
    #[serde(rename = "Parked")]
    parked: usize,
    #[serde(rename = "Retried")]
    retried: usize,
    #[serde(rename = "Permanent")]
    permanent: usize,
    #[serde(rename = "OutOfTime")]
    out_of_time: usize,
    #[serde(rename = "BatchLatency")]
    batch_latency: f64,
    #[serde(rename = "Duplicates", skip_serializing_if = "Option::is_none")]
    duplicates: Option<usize>,
    #[serde(rename = "KeyConflicts", skip_serializing_if = "Option::is_none")]
    key_conflicts: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Aws {
    timestamp: u64,
    cloud_watch_metrics: [Directive; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [[&'static str; 2]; 1],
    metrics: Vec<Metric>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

const fn count(name: &'static str) -> Metric {
    Metric {
        name,
        unit: "Count",
    }
}

fn line(
    function: &str,
    queue: &str,
    figures: &Figures,
    elapsed: Duration,
    now: Duration,
    level: &str,
    timestamp: &str,
) -> String {
    let mut metrics = vec![
        count("Records"),
        count(SUCCEEDED),
        count(FAILED),
        count(SENT_TO_DLQ),
        count(PARKED),
        count(RETRIED),
        count(PERMANENT),
        count(OUT_OF_TIME),
        Metric {
            name: BATCH_LATENCY,
            unit: "Milliseconds",
        },
    ];
    // Each metric has its price.
    if figures.is_idempotent {
        metrics.extend([count(DUPLICATES), count(KEY_CONFLICTS)]);
    }
    let if_idempotent = |count: usize| figures.is_idempotent.then_some(count);
    let line = Line {
        timestamp,
        level,
        aws: Aws {
            timestamp: now.as_millis() as u64,
            cloud_watch_metrics: [Directive {
                namespace: NAMESPACE,
                dimensions: [[FUNCTION, QUEUE]],
                metrics,
            }],
        },
        function,
        queue,
        records: figures.records,
        succeeded: figures.succeeded,
        failed: figures.failed,
        sent_to_dlq: figures.sent_to_dlq,
        parked: figures.parked,
        retried: figures.retried,
        permanent: figures.permanent,
        out_of_time: figures.out_of_time,
        batch_latency: milliseconds(elapsed),
        duplicates: if_idempotent(figures.duplicates),
        key_conflicts: if_idempotent(figures.conflicts),
    };
    // Texts and finite numbers are always JSON.
    serde_json::to_string(&line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_metric_has_its_value_and_its_unit() {
        let figures = Figures {
            records: 21,
            succeeded: 2,
            failed: 3,
            sent_to_dlq: 8,
            parked: 9,
            retried: 4,
            permanent: 5,
            out_of_time: 6,
            not_run: 7,
            ..Figures::default()
        };
        let line = line(
            "orders",
            "orders-queue",
            &figures,
            Duration::from_micros(1_500),
            Duration::from_secs(1_800_000_000),
            "WARN",
            "2027-01-15T08:00:00Z",
        );

        let count = |name: &str| json!({"Name": name, "Unit": "Count"});
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&line).unwrap(),
            json!({
                "timestamp": "2027-01-15T08:00:00Z",
                "level": "WARN",
                "_aws": {
                    "Timestamp": 1_800_000_000_000_u64,
                    "CloudWatchMetrics": [{
                        "Namespace": "redrive",
                        "Dimensions": [["function", "queue"]],
                        "Metrics": [
                            count("Records"),
                            count("Succeeded"),
                            count("Failed"),
                            count("SentToDlq"),
                            count("Parked"),
                            count("Retried"),
                            count("Permanent"),
                            count("OutOfTime"),
                            {"Name": "BatchLatency", "Unit": "Milliseconds"},
                        ],
                    }],
                },
                "function": "orders",
                "queue": "orders-queue",
                "Records": 21,
                "Succeeded": 2,
                "Failed": 3,
                "SentToDlq": 8,
                "Parked": 9,
                "Retried": 4,
                "Permanent": 5,
                "OutOfTime": 6,
                "BatchLatency": 1.5,
            })
        );
    }

    #[test]
    fn an_idempotent_function_has_two_more() {
        let figures = Figures {
            is_idempotent: true,
            duplicates: 3,
            conflicts: 1,
            ..Figures::default()
        };
        let line = line(
            "f",
            "q",
            &figures,
            Duration::ZERO,
            Duration::ZERO,
            "INFO",
            "",
        );

        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["Duplicates"], 3);
        assert_eq!(line["KeyConflicts"], 1);
        let metrics = &line["_aws"]["CloudWatchMetrics"][0]["Metrics"];
        assert_eq!(metrics[9]["Name"], "Duplicates");
        assert_eq!(metrics[10]["Name"], "KeyConflicts");
    }
}
