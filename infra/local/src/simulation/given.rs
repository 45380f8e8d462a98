//! Values that a deployment gives, and here the user.

use std::collections::{BTreeMap, BTreeSet};

use redrive_infra::parameters::{self, Unknown};
use redrive_infra::stack::Stack;
use serde::Deserialize;

use super::start_error::StartError;

/// Values of parameters and of environment variables, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// The values of the template's parameters.
    #[serde(rename = "params")]
    pub parameters: BTreeMap<String, String>,
    /// Environment variables of the workers, instead of those of the template.
    pub env: BTreeMap<String, String>,
}

impl Given {
    /// The stack with these values, which has no parameters.
    ///
    /// # Errors
    /// All names that the stack does not have, or else all values that are missing, each
    /// with the option that gives it.
    pub(super) fn resolve(&self, stack: &Stack) -> Result<Stack, StartError> {
        let unknown = parameters::unknown(stack, self.parameters.keys());
        let unknown: Vec<_> = unknown
            .into_iter()
            .chain(self.unknown_variables(stack))
            .collect();
        if !unknown.is_empty() {
            let unknown = unknown.iter().map(ToString::to_string);
            return Err(StartError::Invalid(unknown.collect()));
        }
        let values = parameters::with_values(stack, &self.parameters);
        let missing = values.as_ref().err().into_iter().flatten();
        let missing = missing.map(|name| format!("--param {name}=…"));
        let variables = stack.deployed_env.values().flatten();
        let variables = variables.filter(|name| !self.env.contains_key(*name));
        let variables: BTreeSet<_> = variables.map(|name| format!("--env {name}=…")).collect();
        let missing: Vec<_> = missing.chain(variables).collect();
        let mut stack = match values {
            Ok(stack) if missing.is_empty() => stack,
            _ => {
                let missing = missing.join(" ");
                return Err(StartError::from(format!(
                    "the package needs values that are known at deployment only\n\
                     help: pass `{missing}`, or write them in redrive.local.toml"
                )));
            }
        };
        for entry in &mut stack.functions {
            let env = self.env.iter();
            let env = env.map(|(name, value)| (name.clone(), value.as_str().into()));
            entry.function.env.extend(env);
        }
        Ok(stack)
    }

    /// The variables that no function has when it is deployed, so that it could read them
    /// here only. Those of Lambda, of the SDKs and of Rust can be set all the same.
    fn unknown_variables(&self, stack: &Stack) -> Vec<Unknown> {
        let of_functions = stack.functions.iter().flat_map(|it| it.function.env.keys());
        let of_overlays = stack.deployed_env.values().flatten();
        let known: BTreeSet<_> = of_functions.chain(of_overlays).cloned().collect();
        let is_added = |name: &str| name.starts_with("AWS_") || name.starts_with("RUST_");
        let names = self.env.keys().filter(|name| !is_added(name));
        Unknown::of("variable", names, &known)
    }
}

#[cfg(test)]
mod tests {
    use redrive_infra::stack::{Architecture, Stack, StackFunction};

    use super::Given;

    fn stack() -> Stack {
        let attribute =
            r#"queue = "orders-${Stage}", env(TABLE = "${Table}", LEVEL = "${Level:-info}")"#;
        let item = "async fn handle(order: Order) -> Result<(), Error> {}";
        let tokens = |text: &str| text.parse().expect("tokens");
        let entry = StackFunction {
            binary: "orders".to_owned(),
            function: redrive_syntax::parse(tokens(attribute), tokens(item)).function,
        };
        let mut stack = Stack::new("shop", Architecture::Arm64, vec![entry]);
        stack
            .deployed_env
            .insert("handle".to_owned(), vec!["URL".to_owned()]);
        stack
    }

    fn given(parameters: &[(&str, &str)], env: &[(&str, &str)]) -> Given {
        let map = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            pairs
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
        };
        Given {
            parameters: map(parameters),
            env: map(env),
        }
    }

    #[test]
    fn all_missing_values_are_named() {
        let error = given(&[], &[]).resolve(&stack()).expect_err("no values");
        let text = "help: pass `--param Stage=… --param Table=… --env URL=…`, or write";
        assert!(error.to_string().contains(text), "{error}");
    }

    #[test]
    fn all_unknown_names_are_reported_with_the_nearest() {
        let given = given(
            &[("stage", "dev"), ("LogRetentionDays", "1"), ("Colour", "x")],
            &[
                ("TABEL", "t"),
                ("AWS_PROFILE", "p"),
                ("RUST_BACKTRACE", "1"),
            ],
        );
        let error = given.resolve(&stack()).expect_err("unknown names");
        let expected = "unknown parameter `Colour`\n\
            help: its parameters are `AlarmTopicArn`, `HandleEnabled`, `Level`, `LogRetentionDays`, `NamePrefix`, \
            `PermissionsBoundaryArn`, `RolePath`, `Stage`, `Table`\n\
            unknown parameter `stage`\nhelp: did you mean `Stage`?\n\
            unknown variable `TABEL`\nhelp: did you mean `TABLE`?";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn values_are_in_the_place_of_parameters() {
        let given = given(
            &[("Stage", "dev"), ("Table", "t")],
            &[("URL", "u"), ("TABLE", "${x}")],
        );
        let stack = given.resolve(&stack()).expect("all values");
        let function = &stack.functions[0].function;
        assert_eq!(function.queue, "orders-dev");
        let env = function
            .env
            .iter()
            .map(|(name, text)| (name.as_str(), text.literal()));
        let expected = [
            ("LEVEL", Some("info")),
            ("TABLE", Some("${x}")),
            ("URL", Some("u")),
        ];
        assert_eq!(env.collect::<Vec<_>>(), expected);
    }
}
