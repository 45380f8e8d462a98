//! What the caller of a module may set.

use serde_json::{Map, Value as Json, json};

use super::names::{LONGEST_WITH_PREFIX, Names, TAGS, ZIPS};
use super::text::{Text, quoted};
use crate::plan::{Kind, Parameter, ParameterKind, Plan, shared};
use crate::render::remove_nulls;

pub(super) fn render(plan: &Plan, names: &Names<'_>) -> Map<String, Json> {
    let parameters = plan.parameters.iter();
    let mut variables: Map<_, _> = parameters
        .map(|it| {
            let variable = names.variable(&it.name);
            let block = block(it, variable, longest_prefix(plan, names));
            (variable.to_owned(), block)
        })
        .collect();
    for (name, description) in [
        (
            TAGS,
            "Tags of all resources; those of the build script and of the attributes replace them",
        ),
        (
            ZIPS,
            "Path of the zip of each binary; by default <binary>/bootstrap.zip in the module's folder",
        ),
    ] {
        let block = json!({
            "description": description,
            "type": "map(string)",
            "default": {},
            "nullable": false,
        });
        variables.insert(name.to_owned(), block);
    }
    variables
}

/// The longest prefix with which each created name is allowed.
fn longest_prefix(plan: &Plan, names: &Names<'_>) -> usize {
    let resources = plan.resources.iter();
    let created = resources.filter(|it| {
        !matches!(
            it.kind,
            Kind::Alarm(_) | Kind::Dashboard(_) | Kind::LogGroup
        )
    });
    let longest = created.map(|it| names.without_prefix(&it.id).len()).max();
    LONGEST_WITH_PREFIX - longest.unwrap_or_default()
}

fn block(parameter: &Parameter, variable: &str, longest_prefix: usize) -> Json {
    let value = format!("var.{variable}");
    let is_alarm_topic = parameter.name == shared::ALARM_TOPIC;
    let (default, description) = (parameter.default.clone(), parameter.description.as_str());
    let (kind, default, description) = match parameter.kind {
        _ if is_alarm_topic => (
            "list(string)",
            Some(json!([])),
            "The SNS topics that alarms notify; empty: alarms notify nobody",
        ),
        ParameterKind::Text => ("string", default, description),
        ParameterKind::Number(_) => ("number", default, description),
        ParameterKind::Switch => ("bool", default, description),
        ParameterKind::Ids(_) => ("list(string)", default, description),
    };
    let mut validations = Vec::new();
    if let Some(pattern) = parameter.pattern {
        let matches = |value: &str| format!("can(regex({}, {value}))", quoted(pattern));
        validations.push(match is_alarm_topic {
            true => validation(
                format!("alltrue([for arn in {value} : {}])", matches("arn")),
                &format!("Each topic must match {pattern}"),
            ),
            false => validation(matches(&value), &format!("The value must match {pattern}")),
        });
    }
    if let Some(most) = parameter.max_length {
        let most = match parameter.name == shared::NAME_PREFIX {
            true => most.min(longest_prefix),
            false => most,
        };
        let condition = format!("length({value}) <= {most}");
        let message = format!("At most {most} characters are allowed");
        validations.push(validation(condition, &message));
    }
    if let ParameterKind::Number(allowed) = parameter.kind {
        let allowed = json!(allowed);
        let condition = format!("contains({allowed}, {value})");
        validations.push(validation(condition, &format!("Allowed are {allowed}")));
    }
    let mut block = json!({
        "type": kind,
        "default": default,
        "description": description,
        // `null` is the default, and not a value.
        "nullable": false,
        "validation": (!validations.is_empty()).then_some(validations),
    });
    remove_nulls(&mut block);
    block
}

fn validation(condition: String, message: &str) -> Json {
    json!({
        "condition": Text::of(condition).template(),
        "error_message": Text::literal(message).template(),
    })
}
