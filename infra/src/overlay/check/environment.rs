//! The environment variables of the functions.

use redrive_model::names::RESERVED_PREFIX;
use redrive_syntax::environment::check_name;
use serde_json::Value;

use super::{Literal, Mistake, View, escaped};
use crate::plan::Part;

const PATH: &str = "Environment/Variables";

pub(super) fn mistakes(view: &View<'_>) -> Vec<Mistake> {
    let of = |part| [names(view, part), own(view, part)].concat();
    [Part::Worker, Part::Redrive]
        .into_iter()
        .filter(|part| view.has(*part))
        .flat_map(of)
        .collect()
}

/// The names that an overlay adds.
fn names(view: &View<'_>, part: Part) -> Vec<Mistake> {
    let place = view.pointer(part, PATH);
    let Literal::Plain(Value::Object(variables)) = view.literal(part, PATH) else {
        return Vec::new();
    };
    let is_added = |name: &&String| view.before.pointer(&below(&place, name)).is_none();
    variables
        .keys()
        .filter(is_added)
        .filter_map(|name| {
            let (rule, why) = check_name(name).err()?;
            Some(Mistake::new(rule.id, below(&place, name), why))
        })
        .collect()
}

/// The template's own, by which the binary finds the queues.
fn own(view: &View<'_>, part: Part) -> Vec<Mistake> {
    let place = view.pointer(part, PATH);
    if view.literal(part, PATH) == Literal::Later {
        return Vec::new();
    }
    let variables = view.before.pointer(&place).and_then(Value::as_object);
    let own = variables.into_iter().flatten();
    own.filter(|(name, _)| name.starts_with(RESERVED_PREFIX))
        .filter_map(|(name, value)| {
            let pointer = below(&place, name);
            (view.template.pointer(&pointer) != Some(value)).then(|| {
                let why = format!(
                    "`{name}` is the template's own, and the binary goes by it; leave it as it is"
                );
                Mistake::new("env_reserved", pointer, why)
            })
        })
        .collect()
}

fn below(place: &str, name: &str) -> String {
    format!("{place}/{}", escaped(name))
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use serde_json::{Value, json};

    use crate::overlay::check::testing::{assert_told, told, with};

    fn variables(part: &str, variables: Value) -> Value {
        let mut properties = json!({});
        properties["Environment"]["Variables"] = variables;
        with(part, properties)
    }

    #[test]
    fn names_are_judged_as_in_the_attribute() {
        let place = "Worker/Properties/Environment/Variables";
        for (name, rule) in [
            ("AWS_REGION", "env_reserved"),
            ("REDRIVE_MODE", "env_reserved"),
            ("A-B", "env_name"),
            ("A/B", "env_name"),
        ] {
            let patch = variables("Worker", json!({ name: "x" }));
            assert_told(
                &told(quote!(), patch),
                &format!("{place}/{}", name.replace('/', "~1")),
                rule,
                name,
            );
        }
        let patch = variables("Worker", json!({ "TABLE": { "Ref": "AWS::StackName" } }));
        assert!(told(quote!(env(STAGE = "dev")), patch).is_empty());
    }

    #[test]
    fn the_templates_own_variables_stay() {
        let attribute = quote!(dlq_redrive = "rate(1 day)");
        let place = "Redrive/Properties/Environment/Variables";
        for value in [json!(null), json!("arn:aws:sqs:x")] {
            let patch = variables("Redrive", json!({ "REDRIVE_DLQ_ARN": value }));
            let told = told(attribute.clone(), patch);
            let place = format!("{place}/REDRIVE_DLQ_ARN");
            assert_told(&told, &place, "env_reserved", "leave it as it is");
        }
    }

    #[test]
    fn all_variables_fit_in_a_function() {
        let patch = variables("Worker", json!({ "PRICES": "x".repeat(3_600) }));
        let place = "Worker/Properties/Environment/Variables";
        assert_told(&told(quote!(), patch), place, "env_size", "3606 bytes");
    }
}
