//! The template's parameters, for programs that set them.

use std::collections::{BTreeMap, BTreeSet};

use redrive_syntax::Function;

use crate::plan::{Ids, Part};
use crate::stack::Stack;

/// The parameter that is `false` while the function is paused.
pub fn enabled(function: &Function) -> String {
    Ids::new(function).of(Part::Enabled)
}

/// The stack with these values instead of the parameters that the attributes name; those
/// that are missing have their defaults.
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
    }
    Ok(stack)
}
