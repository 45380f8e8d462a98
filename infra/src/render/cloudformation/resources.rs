//! One CloudFormation resource for each resource of the plan.

use redrive_model::idempotency::attribute;
use redrive_syntax::ParameterText;
use serde_json::{Map, Value as Json, json};

use super::metadata;
use super::{HAS_ALARM_TOPIC, HAS_BOUNDARY, arn_part, own_arn, text, value};
use crate::artifact::ZIP;
use crate::plan::{
    Alarm, Kind, LambdaFunction, Queue, QueuePolicy, Resource, Role, Subscription, Widget, shared,
    sub,
};
use crate::render::{dashboards, extend, policies, properties, remove_nulls};
use crate::stack::Architecture;

pub(super) fn render(resource: &Resource, architecture: Architecture) -> Json {
    let (name, own) = match &resource.kind {
        Kind::Queue(it) => ("SQS::Queue", queue(it)),
        Kind::QueuePolicy(it) => ("SQS::QueuePolicy", queue_policy(it)),
        Kind::Subscription(it) => ("SNS::Subscription", subscription(it)),
        Kind::Function(it) => ("Lambda::Function", function(it)),
        Kind::LogGroup => ("Logs::LogGroup", Json::Null),
        Kind::Role(it) => ("IAM::Role", role(it)),
        Kind::EventSourceMapping(_) => ("Lambda::EventSourceMapping", Json::Null),
        Kind::Schedule(_) => ("Scheduler::Schedule", Json::Null),
        Kind::InvokeConfig(_) => ("Lambda::EventInvokeConfig", Json::Null),
        Kind::Alarm(it) => ("CloudWatch::Alarm", alarm(it)),
        Kind::Dashboard(it) => ("CloudWatch::Dashboard", dashboard(it)),
        Kind::Table => ("DynamoDB::Table", table()),
    };
    let mut properties = properties::common(&resource.kind, architecture, &value);
    extend(&mut properties, own);
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

fn function(function: &LambdaFunction) -> Json {
    let variables = function.environment.iter();
    let variables: Map<_, _> = variables
        .map(|(name, variable)| (name.clone(), value(variable)))
        .collect();
    let vpc = |ids| match function.vpc {
        true => json!({ "Ref": ids }),
        false => json!([]),
    };
    json!({
        "Code": format!("{}/{ZIP}", function.binary),
        // A function would stay in its VPC and with its variables if the property were
        // missing: Lambda keeps what an update does not name.
        "VpcConfig": {
            "SubnetIds": vpc(shared::SUBNETS),
            "SecurityGroupIds": vpc(shared::SECURITY_GROUPS),
        },
        "Environment": { "Variables": variables },
    })
}

fn queue_policy(policy: &QueuePolicy) -> Json {
    json!({
        "Queues": [{ "Ref": policy.queue }],
        "PolicyDocument": policies::of_queue(policy, &value),
    })
}

fn subscription(subscription: &Subscription) -> Json {
    let filter = subscription.filter.as_ref();
    let policy = filter.map(|(json, _)| serde_json::from_str::<Json>(json).unwrap_or_default());
    json!({ "FilterPolicy": policy, "Region": arn_part(&subscription.topic, 3) })
}

fn role(role: &Role) -> Json {
    let inline = policies::of_role(role, &value, &str::to_owned).into_iter();
    let inline: Vec<_> = inline
        .map(|(name, document)| json!({ "PolicyName": name, "PolicyDocument": document }))
        .collect();
    let managed: Vec<_> = role.policies.iter().map(text).collect();
    json!({
        "AssumeRolePolicyDocument": policies::trust(role, &value),
        "Policies": inline,
        "PermissionsBoundary": {
            "Fn::If": [HAS_BOUNDARY, { "Ref": shared::BOUNDARY }, { "Ref": "AWS::NoValue" }],
        },
        "ManagedPolicyArns": (!managed.is_empty()).then_some(managed),
    })
}

fn table() -> Json {
    json!({
        "AttributeDefinitions": [{ "AttributeName": attribute::ID, "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": attribute::ID, "KeyType": "HASH" }],
        "TimeToLiveSpecification": { "AttributeName": attribute::EXPIRES, "Enabled": true },
    })
}

fn alarm(alarm: &Alarm) -> Json {
    let dimensions = alarm.metric.dimensions.iter();
    let dimensions: Vec<_> = dimensions
        .map(|(name, of)| json!({ "Name": name, "Value": value(of) }))
        .collect();
    let topic = json!([{ "Ref": shared::ALARM_TOPIC }]);
    let actions = json!({ "Fn::If": [HAS_ALARM_TOPIC, topic, { "Ref": "AWS::NoValue" }] });
    json!({ "Dimensions": dimensions, "AlarmActions": actions, "OKActions": actions })
}

fn dashboard(widgets: &[Widget]) -> Json {
    let mut body = dashboards::body(widgets, &json!({ "Ref": "AWS::Region" }), &value);
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
