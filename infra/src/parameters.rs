//! The template's parameters, for programs that set them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use redrive_syntax::{Diagnostic, Function, nearest};

use crate::permissions;
use crate::plan::{self, Part, id, shared};
use crate::stack::Stack;

/// The parameter that is `false` while the function is paused.
pub fn enabled(function: &Function) -> String {
    id(function, Part::Enabled)
}

/// A name that is not one of those that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// `parameter` or `variable`.
    what: &'static str,
    name: String,
    known: Vec<String>,
}

impl Unknown {
    /// The names that are not known; `what` is one, in one word.
    pub fn of<'a>(
        what: &'static str,
        names: impl IntoIterator<Item = &'a String>,
        known: &BTreeSet<String>,
    ) -> Vec<Self> {
        let unknown = names.into_iter().filter(|name| !known.contains(*name));
        let unknown = unknown.map(|name| Self {
            what,
            name: name.clone(),
            known: known.iter().cloned().collect(),
        });
        unknown.collect()
    }
}

/// The problem, and the nearest name or all.
impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, name, known } = self;
        write!(f, "unknown {what} `{name}`\nhelp: ")?;
        if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
            return write!(f, "did you mean `{near}`?");
        }
        match known.as_slice() {
            [] => write!(f, "the package has no {what}s"),
            known => write!(f, "its {what}s are `{}`", known.join("`, `")),
        }
    }
}

/// The names of which none is a parameter of the template.
pub fn unknown<'a>(stack: &Stack, names: impl IntoIterator<Item = &'a String>) -> Vec<Unknown> {
    let parameters = plan::of(stack).parameters.into_iter();
    let known = parameters.map(|parameter| parameter.name).collect();
    Unknown::of("parameter", names, &known)
}

/// The stack with these values instead of the parameters that the attributes name; those
/// that are missing have their defaults. The names of new queues begin with `NamePrefix`.
///
/// # Errors
/// The names of parameters that have neither.
pub fn with_values(
    stack: &Stack,
    values: &BTreeMap<String, String>,
) -> Result<Stack, BTreeSet<String>> {
    let known = known(stack, values);
    let functions = stack.functions.iter().map(|entry| &entry.function);
    let parameters = functions.flat_map(Function::parameters);
    check_known(&known, parameters.map(|it| it.name.clone()))?;
    let mut stack = stack.clone();
    for entry in &mut stack.functions {
        for text in entry.function.texts_mut() {
            *text = text.with(|it| known[&it.name].clone()).into();
        }
        entry
            .function
            .prefix_new_queues(&known[shared::NAME_PREFIX]);
    }
    Ok(stack)
}

/// What the rules of `permissions` say of the functions' own IAM statements with these
/// values, each with its function.
///
/// # Errors
/// The names of parameters without a value.
pub fn judge_permissions(
    stack: &Stack,
    values: &BTreeMap<String, String>,
) -> Result<Vec<(String, Diagnostic)>, BTreeSet<String>> {
    let known = known(stack, values);
    let parameters = permissions::parameters(stack);
    check_known(&known, parameters.map(|(_, it)| it.name))?;
    Ok(permissions::judge(stack, &known))
}

/// The values, and the defaults of parameters without one.
fn known(stack: &Stack, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let parameters = plan::of(stack).parameters.into_iter();
    let defaults = parameters.filter_map(|it| Some((it.name, it.default?.as_str()?.to_owned())));
    let mut known: BTreeMap<_, _> = defaults.collect();
    known.extend(values.clone());
    known
}

fn check_known(
    known: &BTreeMap<String, String>,
    names: impl Iterator<Item = String>,
) -> Result<(), BTreeSet<String>> {
    let missing: BTreeSet<_> = names.filter(|name| !known.contains_key(name)).collect();
    match missing.is_empty() {
        true => Ok(()),
        false => Err(missing),
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::with_values;
    use crate::tests::sample;

    #[test]
    fn the_prefix_begins_the_names_of_new_queues_and_is_empty_by_default() {
        let attribute = quote!(
            queue = "ledger.fifo",
            allow = "fifo_dlq_order",
            env(OTHER = "${NamePrefix}other")
        );
        let stack = sample::stack([sample::with("a", attribute)]);
        for (prefix, queue, dlq, other) in [
            (None, "ledger.fifo", "ledger-dlq.fifo", "other"),
            (
                Some("dev-"),
                "dev-ledger.fifo",
                "dev-ledger-dlq.fifo",
                "dev-other",
            ),
        ] {
            let values = prefix.map(|it| ("NamePrefix".to_owned(), it.to_owned()));
            let values = values.into_iter().collect();
            let stack = with_values(&stack, &values).expect("no other parameter");
            let function = &stack.functions[0].function;
            assert_eq!([function.queue_name(), function.dlq_name()], [queue, dlq]);
            assert_eq!(function.env["OTHER"], other);
        }
        let existing = quote!(queue = "orders", dlq = "${Arn}");
        let stack = sample::stack([sample::with("a", existing)]);
        let arn = "arn:aws:sqs:eu-west-1:123456789012:dead";
        let values = [("NamePrefix", "dev-"), ("Arn", arn)];
        let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let stack = with_values(&stack, &values.into()).expect("all values");
        let function = &stack.functions[0].function;
        assert_eq!(function.queue_name(), "dev-orders");
        assert_eq!(function.dlq(), arn);
    }
}
