//! The properties that resources have in each format, by AWS's names; the formats differ
//! in the values that `value` writes.

use redrive_model::Pollers;
use redrive_syntax::ParameterText;
use serde_json::{Value as Json, json};

use super::Write;
use crate::plan::{
    ALARM_PERIOD, Alarm, EventSourceMapping, Kind, LambdaFunction, MAXIMUM_AGE, RETRIES, Schedule,
    Value, shared,
};
use crate::stack::Architecture;

/// The properties of a resource, without those that only one of the formats has.
pub(super) fn common(kind: &Kind, architecture: Architecture, value: Write<'_>) -> Json {
    let arn = |id: &String| value(&Value::Arn(id.clone()));
    match kind {
        Kind::Subscription(it) => json!({
            "Protocol": "sqs",
            "TopicArn": value(&Value::Text(it.topic.clone())),
            "Endpoint": value(&it.queue),
            "RawMessageDelivery": it.is_raw,
            "FilterPolicyScope": it.filter.as_ref().map(|(_, scope)| scope),
        }),
        Kind::Function(it) => function(it, architecture, value),
        Kind::LogGroup => json!({
            "RetentionInDays": value(&Value::Parameter(shared::LOG_RETENTION.to_owned())),
        }),
        Kind::Role(_) => json!({
            "Path": value(&Value::Parameter(shared::ROLE_PATH.to_owned())),
        }),
        Kind::EventSourceMapping(it) => mapping(it, value),
        Kind::Schedule(it) => schedule(it, value),
        Kind::InvokeConfig(it) => json!({
            "FunctionName": value(&Value::FunctionName(it.function.clone())),
            "Qualifier": "$LATEST",
            "MaximumRetryAttempts": RETRIES,
            "MaximumEventAgeInSeconds": MAXIMUM_AGE,
            "DestinationConfig": { "OnFailure": { "Destination": arn(&it.failures) } },
        }),
        Kind::Alarm(it) => alarm(it, value),
        Kind::Table => json!({ "BillingMode": "PAY_PER_REQUEST" }),
        Kind::Queue(_) | Kind::QueuePolicy(_) | Kind::Dashboard(_) => json!({}),
    }
}

fn function(function: &LambdaFunction, architecture: Architecture, value: Write<'_>) -> Json {
    json!({
        "Runtime": "provided.al2023",
        "Architectures": [architecture],
        "Handler": value(&Value::Text(function.handler.as_str().into())),
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "EphemeralStorage": { "Size": function.storage },
        "ReservedConcurrentExecutions": function.reserved_concurrency,
        // A function would stay traced if the property were missing: Lambda keeps what an
        // update does not name.
        "TracingConfig": { "Mode": if function.tracing { "Active" } else { "PassThrough" } },
        "Role": value(&Value::Arn(function.role.clone())),
        "LoggingConfig": {
            "LogFormat": "JSON",
            "LogGroup": value(&Value::Name(function.logs.clone())),
        },
    })
}

fn mapping(mapping: &EventSourceMapping, value: Write<'_>) -> Json {
    // Lambda keeps the old value of a property that is missing in an update, so the
    // defaults are written out. FIFO queues have no window.
    // Provisioned mode excludes a limit.
    let scaling = match (mapping.max_concurrency, mapping.pollers) {
        (Some(most), _) => json!({ "MaximumConcurrency": most }),
        (None, None) => json!({}),
        (None, Some(_)) => Json::Null,
    };
    let pollers = mapping
        .pollers
        .map(|Pollers { min, max }| json!({ "MinimumPollers": min, "MaximumPollers": max }));
    json!({
        "EventSourceArn": value(&mapping.queue),
        "FunctionName": value(&Value::FunctionName(mapping.function.clone())),
        "Enabled": value(&Value::Parameter(mapping.enabled.clone())),
        "BatchSize": mapping.batch_size,
        "MaximumBatchingWindowInSeconds": mapping.batch_window,
        "ScalingConfig": scaling,
        "ProvisionedPollerConfig": pollers,
        // Without this, Lambda deletes the messages that the worker reports as
        // failed.
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    })
}

fn schedule(schedule: &Schedule, value: Write<'_>) -> Json {
    let arn = |id: &String| value(&Value::Arn(id.clone()));
    json!({
        "State": "ENABLED",
        "ScheduleExpression": schedule.expression,
        "ScheduleExpressionTimezone": schedule.timezone,
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "Target": {
            "Arn": arn(&schedule.function),
            "RoleArn": arn(&schedule.role),
            "Input": "{}",
            "RetryPolicy": {
                "MaximumRetryAttempts": RETRIES,
                "MaximumEventAgeInSeconds": MAXIMUM_AGE,
            },
            "DeadLetterConfig": { "Arn": arn(&schedule.failures) },
        },
    })
}

fn alarm(alarm: &Alarm, value: Write<'_>) -> Json {
    // Names are in it as they are written in the attribute.
    let text = ParameterText::parse(&alarm.text).unwrap_or_else(|_| alarm.text.as_str().into());
    json!({
        "AlarmDescription": value(&Value::Text(text)),
        "Namespace": alarm.metric.namespace,
        "MetricName": alarm.metric.name,
        "Statistic": alarm.metric.statistic,
        "Period": ALARM_PERIOD,
        "EvaluationPeriods": 1,
        "Threshold": alarm.at_least,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    })
}
