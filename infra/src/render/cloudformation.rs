//! The CloudFormation template of a [`Plan`].

pub(crate) mod cdk;
pub(crate) mod limits;
mod metadata;
mod resources;
pub(crate) mod summaries;

use redrive_syntax::ParameterText;
use redrive_syntax::parameter_text::Part;
use redrive_syntax::queues;
use serde_json::{Map, Value as Json, json};

use crate::plan::{Parameter, ParameterKind, Plan, Value, shared, sub};
use crate::render::remove_nulls;

/// The condition that a topic for the alarms is given.
const HAS_ALARM_TOPIC: &str = "HasAlarmTopic";

/// The condition that the roles have a permissions boundary.
const HAS_BOUNDARY: &str = "HasPermissionsBoundary";

/// The template of `plan`, in which the code of binary `b` is the zip
/// `b/bootstrap.zip` in the template's own folder.
pub(crate) fn render(plan: &Plan) -> Json {
    let parameters = plan.parameters.iter();
    let resources = plan.resources.iter();
    let outputs = plan.outputs.iter().map(|output| {
        let json = json!({ "Description": output.description, "Value": value(&output.value) });
        (output.id.clone(), json)
    });
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": format!("SQS batch functions of {}, made by redrive", plan.package),
        "Metadata": {
            // The code is a local file until `aws cloudformation package` or
            // `sam deploy` uploads it; W3002 is the reminder to run one of them.
            "cfn-lint": { "config": { "ignore_checks": ["W3002"] } },
        },
        "Parameters": parameters
            .map(|it| (it.name.clone(), parameter(it)))
            .collect::<Map<_, _>>(),
        "Conditions": {
            HAS_ALARM_TOPIC: is_given(shared::ALARM_TOPIC),
            HAS_BOUNDARY: is_given(shared::BOUNDARY),
        },
        "Resources": resources
            .map(|it| (it.id.clone(), resources::render(it, plan.architecture)))
            .collect::<Map<_, _>>(),
        "Outputs": outputs.collect::<Map<_, _>>(),
    })
}

/// The condition that a parameter is not empty.
fn is_given(parameter: &str) -> Json {
    json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": parameter }, ""] }] })
}

/// The description of a parameter.
pub(crate) fn description(parameter: &Parameter) -> String {
    let description = &parameter.description;
    match parameter.kind {
        ParameterKind::Switch => format!("{description}; cargo redrive pause and resume set it"),
        _ => description.clone(),
    }
}

fn parameter(parameter: &Parameter) -> Json {
    let (kind, allowed) = match parameter.kind {
        ParameterKind::Text => ("String".to_owned(), Json::Null),
        ParameterKind::Switch => ("String".to_owned(), json!(["true", "false"])),
        ParameterKind::Number(allowed) => ("Number".to_owned(), json!(allowed)),
        ParameterKind::Ids(of) => (format!("List<{of}>"), Json::Null),
    };
    // No parameter is a Boolean.
    let default = match &parameter.default {
        Some(Json::Bool(default)) => Some(json!(default.to_string())),
        default => default.clone(),
    };
    let mut json = json!({
        "Type": kind,
        "Default": default,
        "AllowedPattern": parameter.pattern,
        "AllowedValues": allowed,
        "MaxLength": parameter.max_length,
        "Description": description(parameter),
    });
    remove_nulls(&mut json);
    json
}

pub(crate) fn value(value: &Value) -> Json {
    match value {
        Value::Text(it) => text(it),
        Value::AccountId => json!({ "Ref": "AWS::AccountId" }),
        Value::DefaultScheduleGroup => {
            json!({ "Fn::Sub": own_arn("scheduler", "schedule-group/default") })
        }
        Value::QueueName(id) => json!({ "Fn::GetAtt": [id, "QueueName"] }),
        Value::Arn(id) => json!({ "Fn::GetAtt": [id, "Arn"] }),
        Value::NameOf(queue) => arn_part(queue, 5),
        Value::UrlOf(queue) => json!({ "Fn::Sub": [
            "https://sqs.${Region}.${AWS::URLSuffix}/${Account}/${Name}",
            { "Region": arn_part(queue, 3), "Account": arn_part(queue, 4), "Name": arn_part(queue, 5) },
        ] }),
        Value::Key(id) => {
            json!({ "Fn::Sub": own_arn("kms", &format!("key/{}", sub(id))) })
        }
        Value::TableArn(name) => {
            json!({ "Fn::Sub": own_arn("dynamodb", &format!("table/{}", sub(name))) })
        }
        Value::QueueUrl(id) | Value::FunctionName(id) | Value::Name(id) | Value::Parameter(id) => {
            json!({ "Ref": id })
        }
    }
}

/// A text in which parameters are replaced at deployment.
fn text(text: &ParameterText) -> Json {
    if let Some(literal) = text.literal() {
        return json!(literal);
    }
    if let Some(parameter) = text.only_parameter() {
        return json!({ "Ref": parameter.name });
    }
    let has_braces = |part: &Part| matches!(part, Part::Literal(text) if text.contains("${"));
    if !text.parts().iter().any(has_braces) {
        return json!({ "Fn::Sub": sub(text) });
    }
    let parts = text.parts().iter().map(|part| match part {
        Part::Literal(text) => json!(text),
        Part::Parameter(parameter) => json!({ "Ref": parameter.name }),
    });
    json!({ "Fn::Join": ["", parts.collect::<Vec<_>>()] })
}

/// The ARN of a resource of the deployment's own account and region, for `Fn::Sub`.
fn own_arn(service: &str, resource: &str) -> String {
    format!("arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}")
}

/// A part of an ARN, counted from 0.
fn arn_part(arn: &ParameterText, index: usize) -> Json {
    let known = queues::arn_part(arn, index);
    match known.filter(|part| !part.contains('$') && arn.literal().is_some()) {
        Some(part) => json!(part),
        None => json!({ "Fn::Select": [index, { "Fn::Split": [":", text(arn)] }] }),
    }
}
