//! Values that a deployment gives, and here the user.

use std::collections::{BTreeMap, BTreeSet};

use redrive_infra::parameters;
use redrive_infra::stack::Stack;

/// Values of parameters and of environment variables, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The values of the template's parameters.
    pub parameters: BTreeMap<String, String>,
    /// Environment variables of the workers, instead of those of the template.
    pub env: BTreeMap<String, String>,
}

impl Given {
    /// The stack with these values, which has no parameters.
    ///
    /// # Errors
    /// All values that are missing, each with the option that gives it.
    pub(super) fn resolve(&self, stack: &Stack) -> Result<Stack, Vec<String>> {
        let values = parameters::with_values(stack, &self.parameters);
        let missing = values.as_ref().err().into_iter().flatten();
        let missing = missing.map(|name| format!("--param {name}=…"));
        let variables = stack.deployed_env.values().flatten();
        let variables = variables.filter(|name| !self.env.contains_key(*name));
        let variables: BTreeSet<_> = variables.map(|name| format!("--env {name}=…")).collect();
        let missing: Vec<_> = missing.chain(variables).collect();
        let mut stack = match values {
            Ok(stack) if missing.is_empty() => stack,
            _ => return Err(missing),
        };
        for entry in &mut stack.functions {
            let env = self.env.iter();
            let env = env.map(|(name, value)| (name.clone(), value.as_str().into()));
            entry.function.env.extend(env);
        }
        Ok(stack)
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
        let missing = given(&[], &[]).resolve(&stack());
        let expected = ["--param Stage=…", "--param Table=…", "--env URL=…"];
        assert_eq!(missing, Err(expected.map(str::to_owned).into()));
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
