//! What the caller of a module may set.

use serde_json::{Map, Value as Json, json};

use super::names::{LONGEST_WITH_PREFIX, Names, TAGS, ZIPS};
use super::text::{Text, quoted};
use crate::plan::{Kind, Parameter, ParameterKind, Plan, shared};

pub(super) fn render(plan: &Plan, names: &Names<'_>) -> Map<String, Json> {
    let parameters = plan.parameters.iter();
    let mut variables: Map<_, _> = parameters
        .map(|it| {
            let variable = names.variable(&it.name);
            (
                variable.to_owned(),
                block(it, variable, prefix(plan, names)),
            )
        })
        .collect();
    variables.insert(
        TAGS.to_owned(),
        json!({
            "description": "Tags of all resources; those of the build script and of the attributes replace them",
            "type": "map(string)",
            "default": {},
            "nullable": false,
        }),
    );
    variables.insert(
        ZIPS.to_owned(),
        json!({
            "description": "Path of the zip of each binary; by default <binary>/bootstrap.zip in the module's folder",
            "type": "map(string)",
            "default": {},
            "nullable": false,
        }),
    );
    variables
}

/// The longest prefix with which each created name is allowed.
fn prefix(plan: &Plan, names: &Names<'_>) -> usize {
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
    let mut validations = Vec::new();
    let matches = |value: &str, pattern: &str| format!("can(regex({}, {value}))", quoted(pattern));
    let mut block = match &parameter.kind {
        ParameterKind::Text {
            default, pattern, ..
        } if parameter.name == shared::ALARM_TOPIC => {
            let each = matches("arn", pattern);
            validations.push(validation(
                format!("alltrue([for arn in {value} : {each}])"),
                &format!("Each topic must match {pattern}"),
            ));
            let default: Vec<_> = (!default.is_empty())
                .then_some(default)
                .into_iter()
                .collect();
            json!({ "type": "list(string)", "default": default })
        }
        ParameterKind::Text {
            default,
            pattern,
            max_length,
        } => {
            validations.push(validation(matches(&value, pattern), &must_match(pattern)));
            let max_length = match parameter.name == shared::NAME_PREFIX {
                true => max_length.map(|most| most.min(longest_prefix)),
                false => *max_length,
            };
            validations.extend(max_length.map(|most| {
                let condition = format!("length({value}) <= {most}");
                validation(condition, &format!("At most {most} characters are allowed"))
            }));
            json!({ "type": "string", "default": default })
        }
        ParameterKind::Own { default, pattern } => {
            let matching = pattern.map(|it| validation(matches(&value, it), &must_match(it)));
            validations.extend(matching);
            match default {
                Some(default) => json!({ "type": "string", "default": default }),
                None => json!({ "type": "string" }),
            }
        }
        ParameterKind::Number { default, allowed } => {
            validations.push(validation(
                format!("contains({}, {value})", json!(allowed)),
                &format!("Allowed are {}", json!(allowed)),
            ));
            json!({ "type": "number", "default": default })
        }
        ParameterKind::Switch => json!({ "type": "bool", "default": true }),
        ParameterKind::Ids(_) => json!({ "type": "list(string)" }),
    };
    block["description"] = match parameter.name.as_str() {
        shared::ALARM_TOPIC => {
            json!("The SNS topics that alarms notify; empty: alarms notify nobody")
        }
        _ => json!(parameter.description),
    };
    // `null` is the default, and not a value.
    block["nullable"] = json!(false);
    if !validations.is_empty() {
        block["validation"] = validations.into();
    }
    block
}

fn must_match(pattern: &str) -> String {
    format!("The value must match {pattern}")
}

fn validation(condition: String, message: &str) -> Json {
    json!({
        "condition": Text::of(condition).template(),
        "error_message": Text::literal(message).template(),
    })
}
