//! One CloudFormation resource for each resource of the plan.

use redrive_model::Pollers;
use redrive_model::idempotency::attribute;
use redrive_syntax::ParameterText;
use serde_json::{Map, Value as Json, json};

use super::metadata;
use super::{HAS_ALARM_TOPIC, HAS_BOUNDARY, arn, arn_part, own_arn, sub, text, value};
use crate::artifact::ZIP;
use crate::plan::{
    ALARM_PERIOD, Alarm, Dashboard, EventSourceMapping, InvokeConfig, Kind, LambdaFunction,
    MAXIMUM_AGE, Queue, QueuePolicy, RETRIES, Resource, Role, Schedule, Subscription, Value,
    shared,
};
use crate::render::{dashboards, policies, remove_nulls};
use crate::stack::Architecture;

pub(super) fn render(resource: &Resource, architecture: Architecture) -> Json {
    let (name, mut properties) = match &resource.kind {
        Kind::Queue(it) => ("SQS::Queue", queue(it)),
        Kind::QueuePolicy(it) => ("SQS::QueuePolicy", queue_policy(it)),
        Kind::Subscription(it) => ("SNS::Subscription", subscription(it)),
        Kind::Function(it) => ("Lambda::Function", function(it, architecture)),
        Kind::LogGroup => (
            "Logs::LogGroup",
            json!({ "RetentionInDays": { "Ref": shared::LOG_RETENTION } }),
        ),
        Kind::Role(it) => ("IAM::Role", role(it)),
        Kind::EventSourceMapping(it) => ("Lambda::EventSourceMapping", mapping(it)),
        Kind::Schedule(it) => ("Scheduler::Schedule", schedule(it)),
        Kind::InvokeConfig(it) => ("Lambda::EventInvokeConfig", invoke_config(it)),
        Kind::Alarm(it) => ("CloudWatch::Alarm", alarm(it)),
        Kind::Dashboard(it) => ("CloudWatch::Dashboard", dashboard(it)),
        Kind::Table => ("DynamoDB::Table", table()),
    };
    if resource.kind.can_have_tags() && !resource.tags.is_empty() {
        let tags = resource.tags.iter();
        let tag = |(name, value)| json!({ "Key": name, "Value": value });
        properties["Tags"] = tags.map(tag).collect();
    }
    remove_nulls(&mut properties);
    let mut json = json!({ "Type": format!("AWS::{name}"), "Properties": properties });
    let metadata = metadata::of(&resource.kind);
    if !metadata.is_empty() {
        json["Metadata"] = metadata.into();
    }
    let policies = match &resource.kind {
        // A new name, of the queue or of its function, means a new queue; the
        // messages in the old one are still to be handled. A deployment that
        // fails deletes the queues that it made.
        Kind::Queue(queue) if queue.name.is_some() => Some(("RetainExceptOnCreate", "Retain")),
        Kind::Queue(_) | Kind::LogGroup | Kind::Table => Some(("Delete", "Delete")),
        _ => None,
    };
    if let Kind::Subscription(Subscription {
        policy: Some(policy),
        ..
    }) = &resource.kind
    {
        // Without it, the first messages would be refused.
        json["DependsOn"] = json!(policy);
    }
    if let Some((deletion, replacement)) = policies {
        json["DeletionPolicy"] = json!(deletion);
        json["UpdateReplacePolicy"] = json!(replacement);
    }
    json
}

/// The name of a queue, in which `${…}` is the prefix.
fn prefixed(name: &ParameterText) -> String {
    format!("${{{}}}{}", shared::NAME_PREFIX, sub(name))
}

fn queue(queue: &Queue) -> Json {
    let name = queue
        .name
        .as_ref()
        .map(|name| json!({ "Fn::Sub": prefixed(name) }));
    let redrive = queue.dlq.as_ref().map(
        |(dlq, receives)| json!({ "deadLetterTargetArn": value(dlq), "maxReceiveCount": receives }),
    );
    let allow = queue.dlq_of.as_ref().map(|source| {
        // The source refers to the DLQ; a reference back would be a cycle.
        let source = json!({ "Fn::Sub": own_arn("sqs", &prefixed(source)) });
        json!({ "redrivePermission": "byQueue", "sourceQueueArns": [source] })
    });
    json!({
        "QueueName": name,
        "FifoQueue": queue.is_fifo.then_some(true),
        "MessageRetentionPeriod": queue.retention,
        "VisibilityTimeout": queue.visibility_timeout,
        "SqsManagedSseEnabled": queue.kms_key.is_none(),
        "KmsMasterKeyId": queue.kms_key.as_ref().map(text),
        "RedrivePolicy": redrive,
        "RedriveAllowPolicy": allow,
    })
}

fn function(function: &LambdaFunction, architecture: Architecture) -> Json {
    let variables = function.environment.iter();
    let variables: Map<_, _> = variables
        .map(|(name, variable)| (name.clone(), value(variable)))
        .collect();
    let vpc = |ids| match function.vpc {
        true => json!({ "Ref": ids }),
        false => json!([]),
    };
    json!({
        "Runtime": "provided.al2023",
        "Architectures": [architecture.to_string()],
        "Code": format!("{}/{ZIP}", function.binary),
        "Handler": function.handler,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "EphemeralStorage": { "Size": function.storage },
        "ReservedConcurrentExecutions": function.reserved_concurrency,
        // A function would stay traced, in its VPC and with its variables if the property
        // were missing: Lambda keeps what an update does not name.
        "TracingConfig": { "Mode": if function.tracing { "Active" } else { "PassThrough" } },
        "VpcConfig": {
            "SubnetIds": vpc(shared::SUBNETS),
            "SecurityGroupIds": vpc(shared::SECURITY_GROUPS),
        },
        "Role": arn(&function.role),
        "LoggingConfig": { "LogFormat": "JSON", "LogGroup": { "Ref": function.logs } },
        "Environment": { "Variables": variables },
    })
}

fn queue_policy(policy: &QueuePolicy) -> Json {
    let queue = Value::Arn(policy.queue.clone());
    let senders = policy.senders.iter();
    let senders = senders.map(|it| policies::allow_senders(it, &queue, &value));
    let statements = [policies::only_with_tls(policy, &value)]
        .into_iter()
        .chain(senders);
    json!({
        "Queues": [{ "Ref": policy.queue }],
        "PolicyDocument": policies::document(statements),
    })
}

fn subscription(subscription: &Subscription) -> Json {
    let filter = subscription.filter.as_ref();
    let policy = filter.map(|(json, _)| serde_json::from_str::<Json>(json).unwrap_or_default());
    json!({
        "Protocol": "sqs",
        "TopicArn": text(&subscription.topic),
        "Endpoint": value(&subscription.queue),
        "RawMessageDelivery": subscription.is_raw,
        "FilterPolicy": policy,
        "FilterPolicyScope": filter.map(|(_, scope)| scope),
        "Region": arn_part(&subscription.topic, 3),
    })
}

fn role(role: &Role) -> Json {
    let statements = role
        .grants
        .iter()
        .map(|grant| policies::allow(grant, &value));
    let managed: Vec<_> = role.policies.iter().map(text).collect();
    let policy = |name, document| json!({ "PolicyName": name, "PolicyDocument": document });
    let mut inline = vec![policy(role.name, policies::document(statements))];
    if !role.statements.is_empty() {
        let own = role.statements.iter();
        let own = own.map(|it| policies::of_user(it, &text, &str::to_owned));
        inline.push(policy(policies::OWN, policies::document(own)));
    }
    json!({
        "AssumeRolePolicyDocument": policies::document([policies::trust(role, &value)]),
        "Policies": inline,
        "Path": { "Ref": shared::ROLE_PATH },
        "PermissionsBoundary": {
            "Fn::If": [HAS_BOUNDARY, { "Ref": shared::BOUNDARY }, { "Ref": "AWS::NoValue" }],
        },
        "ManagedPolicyArns": (!managed.is_empty()).then_some(managed),
    })
}

fn mapping(mapping: &EventSourceMapping) -> Json {
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
        "FunctionName": { "Ref": mapping.function },
        "Enabled": { "Ref": mapping.enabled },
        "BatchSize": mapping.batch_size,
        "MaximumBatchingWindowInSeconds": mapping.batch_window,
        "ScalingConfig": scaling,
        "ProvisionedPollerConfig": pollers,
        // Without this, Lambda deletes the messages that the worker reports as
        // failed.
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    })
}

fn schedule(schedule: &Schedule) -> Json {
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

fn invoke_config(config: &InvokeConfig) -> Json {
    json!({
        "FunctionName": { "Ref": config.function },
        "Qualifier": "$LATEST",
        "MaximumRetryAttempts": RETRIES,
        "MaximumEventAgeInSeconds": MAXIMUM_AGE,
        "DestinationConfig": { "OnFailure": { "Destination": arn(&config.failures) } },
    })
}

fn table() -> Json {
    json!({
        "AttributeDefinitions": [{ "AttributeName": attribute::ID, "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": attribute::ID, "KeyType": "HASH" }],
        "BillingMode": "PAY_PER_REQUEST",
        "TimeToLiveSpecification": { "AttributeName": attribute::EXPIRES, "Enabled": true },
    })
}

fn alarm(alarm: &Alarm) -> Json {
    let (dimension, of) = &alarm.dimension;
    let topic = json!([{ "Ref": shared::ALARM_TOPIC }]);
    let actions = json!({ "Fn::If": [HAS_ALARM_TOPIC, topic, { "Ref": "AWS::NoValue" }] });
    json!({
        // Names are in it as they are written in the attribute.
        "AlarmDescription": ParameterText::parse(&alarm.text)
            .map_or_else(|_| json!(alarm.text), |it| text(&it)),
        "Namespace": alarm.namespace,
        "MetricName": alarm.metric,
        "Dimensions": [{ "Name": dimension, "Value": value(of) }],
        "Statistic": alarm.statistic,
        "Period": ALARM_PERIOD,
        "EvaluationPeriods": 1,
        "Threshold": alarm.at_least,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": actions,
        "OKActions": actions,
    })
}

fn dashboard(dashboard: &Dashboard) -> Json {
    let mut body = dashboards::body(dashboard, &json!({ "Ref": "AWS::Region" }), &value);
    body.sort_all_objects();
    let (mut parts, mut text) = (Vec::new(), String::new());
    write_json(&body, &mut parts, &mut text);
    parts.push(json!(text));
    json!({ "DashboardBody": { "Fn::Join": ["", parts] } })
}

/// Writes JSON as a text, in which each intrinsic function is its own part, the
/// content of a string.
fn write_json(json: &Json, parts: &mut Vec<Json>, text: &mut String) {
    let is_intrinsic = |name: &String| name == "Ref" || name.starts_with("Fn::");
    match json {
        Json::Object(members) if members.keys().any(is_intrinsic) => {
            text.push('"');
            parts.push(json!(std::mem::take(text)));
            parts.push(json.clone());
            text.push('"');
        }
        Json::Object(members) => {
            let mut before = '{';
            for (name, value) in members {
                text.push(before);
                *text += &format!("{}:", json!(name));
                write_json(value, parts, text);
                before = ',';
            }
            text.push('}');
        }
        Json::Array(list) => {
            let mut before = '[';
            for value in list {
                text.push(before);
                write_json(value, parts, text);
                before = ',';
            }
            text.push(']');
        }
        json => *text += &json.to_string(),
    }
}
