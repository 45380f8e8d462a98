//! The template's parameters, for programs that set them.

use std::collections::{BTreeMap, BTreeSet};

use redrive_syntax::Function;

use crate::plan::{Ids, Part, shared};
use crate::stack::Stack;

/// The parameter that is `false` while the function is paused.
pub fn enabled(function: &Function) -> String {
    Ids::new(function).of(Part::Enabled)
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
    let functions = stack.functions.iter().map(|entry| &entry.function);
    let parameters: Vec<_> = functions.flat_map(Function::parameters).collect();
    let defaults = parameters
        .iter()
        .filter_map(|it| Some((&it.name, it.default.as_ref()?)));
    let mut known: BTreeMap<_, _> = defaults.collect();
    let (prefix, none) = (shared::NAME_PREFIX.to_owned(), String::new());
    known.insert(&prefix, &none);
    known.extend(values);
    let missing = parameters.iter().filter(|it| !known.contains_key(&it.name));
    let missing: BTreeSet<_> = missing.map(|it| it.name.clone()).collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let mut stack = stack.clone();
    for entry in &mut stack.functions {
        for text in entry.function.texts_mut() {
            *text = text.with(|it| known[&it.name].clone()).into();
        }
        entry.function.prefix_new_queues(known[&prefix]);
    }
    Ok(stack)
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
