//! What two functions of a package may not have in common. The macro sees one
//! function at a time.

use std::collections::{BTreeMap, BTreeSet};

use redrive_syntax::parameter_text::Parameter;
use redrive_syntax::rules::catalog::{
    FILTER_POLICY, PARAMETER_CONFLICT, SHARED_NAME, SHARED_QUEUE,
};
use redrive_syntax::{Diagnostic, Function};

use super::names::shared;
use super::{Kind, Plan};
use crate::error::{Errors, broken};
use crate::filter_policy::FilterPolicy;
use crate::permissions;
use crate::stack::Stack;

/// Refuses two functions that would have a resource or a queue of one name.
pub(crate) fn check(stack: &Stack, plan: &Plan) -> Result<(), Errors> {
    let owner = |index: usize| {
        let entry = &stack.functions[index];
        format!("`{}` (binary `{}`)", entry.function.name, entry.binary)
    };
    let (mut ids, mut queues) = (BTreeMap::new(), BTreeMap::new());
    let mut refused = BTreeSet::new();
    let mut errors = Vec::new();
    for resource in &plan.resources {
        let Some(index) = resource.function else {
            continue;
        };
        let queue = match &resource.kind {
            Kind::Queue(queue) => queue.name.as_ref(),
            _ => None,
        };
        let other_of_id = ids.insert(&resource.id, index);
        let other_of_queue = queue.and_then(|name| queues.insert(name, index));
        let error = match (other_of_id, other_of_queue, queue) {
            (Some(other), ..) => {
                let (one, other) = (owner(other), owner(index));
                let problem = format!("{one} and {other} have the same names in the template");
                broken(&SHARED_NAME, problem).help("rename one of the functions")
            }
            (None, Some(other), Some(queue)) => {
                let (one, other) = (owner(other), owner(index));
                let problem = format!(
                    "{one} and {other} share the queue `{queue}`, so each would receive messages of the other"
                );
                broken(&SHARED_QUEUE, problem).help("name another queue with `queue = \"…\"`")
            }
            _ => continue,
        };
        // All else that it shares has the same reason.
        if refused.insert(index) {
            errors.push(error);
        }
    }
    errors.extend(shared_existing(stack, owner));
    errors.extend(
        stack
            .functions
            .iter()
            .filter_map(|entry| filter_policy(&entry.function)),
    );
    errors.extend(parameters(stack, plan));
    Errors::check(errors)
}

/// Functions that read one queue that exists.
fn shared_existing(stack: &Stack, owner: impl Fn(usize) -> String) -> Vec<Diagnostic> {
    let mut known = BTreeMap::new();
    let functions = stack.functions.iter().enumerate();
    let queues = functions.filter_map(|(index, it)| Some((index, it.function.existing_queue()?)));
    let shared = queues.filter_map(|(index, queue)| {
        let other = known.insert(queue, index)?;
        let (one, other) = (owner(other), owner(index));
        let problem = format!(
            "{one} and {other} share the queue `{queue}`, so each would receive messages of the other"
        );
        Some(broken(&SHARED_QUEUE, problem).help("name another queue with `queue = \"…\"`"))
    });
    shared.collect()
}

fn filter_policy(function: &Function) -> Option<Diagnostic> {
    let scope = function.filter_policy_scope;
    let problem = FilterPolicy::parse(function.filter_policy.as_deref()?, scope).err()?;
    let problem = format!(
        "the `filter_policy` of `{}` cannot be read: {problem}",
        function.name
    );
    let help = "write a JSON object, such as `{\"kind\": [\"order\"]}`";
    Some(broken(&FILTER_POLICY, problem).help(help))
}

/// Parameters of the attributes that the template cannot have.
fn parameters(stack: &Stack, plan: &Plan) -> Vec<Diagnostic> {
    let mut known: BTreeMap<&str, &Parameter> = BTreeMap::new();
    let mut errors = BTreeMap::new();
    let functions = stack.functions.iter().map(|entry| &entry.function);
    let of_statements = permissions::parameters(stack);
    let of_statements = of_statements
        .iter()
        .map(|(_, parameter)| (parameter, false));
    let of_texts = functions.flat_map(|function| {
        function.texts().flat_map(move |(key, text)| {
            let is_new = match key {
                "queue" => function.existing_queue().is_none(),
                "dlq" => function.existing_dlq().is_none(),
                "parking" => function.existing_parking().is_none(),
                _ => false,
            };
            text.parameters().map(move |it| (it, is_new))
        })
    });
    for (parameter, names_new_queue) in of_texts.chain(of_statements) {
        let name = parameter.name.as_str();
        let is_resource = plan.resources.iter().any(|resource| resource.id == name);
        let is_ours = plan
            .parameters
            .iter()
            .any(|it| it.name == name && !it.is_own());
        let other = known.entry(name).or_insert(parameter).default.as_ref();
        let is_prefix = name == shared::NAME_PREFIX;
        let (problem, help) = match (other, &parameter.default) {
            (_, None) if is_prefix && !names_new_queue => continue,
            (_, None) if is_prefix => (
                format!("`${{{name}}}` begins the names of new queues anyway"),
                format!("remove `${{{name}}}` from the name of the queue"),
            ),
            _ if is_prefix => (
                format!("`${{{name}}}` has a default already, which is empty"),
                format!("write `${{{name}}}`"),
            ),
            _ if is_resource => (
                format!("`${{{name}}}` has the name of a resource"),
                "choose another name".to_owned(),
            ),
            _ if is_ours => (
                format!("`${{{name}}}` has the name of a parameter that the template has anyway"),
                "choose another name".to_owned(),
            ),
            (Some(one), Some(other)) if one != other => (
                format!("`${{{name}}}` has two defaults, `{one}` and `{other}`"),
                format!("write the default once, and `${{{name}}}` elsewhere"),
            ),
            (None, Some(_)) => {
                known.insert(name, parameter);
                continue;
            }
            _ => continue,
        };
        errors.insert(name, broken(&PARAMETER_CONFLICT, problem).help(help));
    }
    errors.into_values().collect()
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::quote;
    use redrive_syntax::Diagnostic;
    use redrive_syntax::rules::catalog::{PARAMETER_CONFLICT, SHARED_QUEUE};

    use crate::error::Errors;
    use crate::plan;
    use crate::stack::Stack;
    use crate::tests::sample;

    fn check(stack: &Stack) -> Result<(), Errors> {
        super::check(stack, &plan::of(stack))
    }

    fn only(result: Result<(), Errors>) -> Diagnostic {
        let Errors(mut errors) = result.expect_err("a clash");
        assert_eq!(errors.len(), 1, "{errors:?}");
        errors.remove(0)
    }

    #[test]
    fn each_conflict_is_reported() {
        let entries = [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")];
        let stack = sample::stack(entries.map(|(binary, queue)| {
            let mut entry = sample::entry(binary);
            entry.function.queue = queue.into();
            entry
        }));
        let Errors(errors) = check(&stack).expect_err("two clashes");
        assert_eq!(errors.len(), 2, "{errors:?}");
    }

    #[test]
    fn a_name_is_of_one_function() {
        let check = |one: &str, other: &str| {
            let names = [("a", one), ("b", other)];
            check(&sample::stack(names.map(|(binary, name)| {
                let mut entry = sample::entry(binary);
                entry.function.name = name.to_owned();
                entry
            })))
        };
        assert!(check("order", "orders").is_ok());
        assert!(check("order", "order_redrive").is_ok());
        for (one, other) in [("order", "order"), ("pay_now", "pay__now")] {
            let problem = only(check(one, other)).problem();
            let start = format!("`{one}` (binary `a`) and `{other}` (binary `b`) have the same");
            assert!(problem.starts_with(&start), "{problem}");
        }
    }

    #[test]
    fn a_parameter_has_its_own_name_and_one_default() {
        let check = |one: TokenStream, other: TokenStream| {
            let entries = [sample::with("a", one), sample::with("b", other)];
            check(&sample::stack(entries))
        };
        assert!(check(quote!(env(AB = "${X:-1}")), quote!(env(AB = "${X}${X:-1}"))).is_ok());
        for (name, words) in [
            ("AWorker", "a resource"),
            ("RolePath", "a parameter"),
            ("LogRetentionDays", "a parameter"),
        ] {
            let text = format!("${{{name}}}");
            let error = only(check(quote!(env(AB = #text)), quote!(env(AB = #text))));
            assert_eq!(error.rule, &PARAMETER_CONFLICT);
            assert!(error.to_string().contains(words), "{error}");
        }
        for (one, other) in [("${X:-1}", "${X:-2}"), ("${X}${X:-1}", "${X:-}")] {
            let error = only(check(quote!(env(AB = #one)), quote!(env(AB = #other))));
            assert!(
                error.to_string().contains("two defaults, `1` and"),
                "{error}"
            );
        }
    }

    #[test]
    fn the_prefix_of_names_is_for_what_is_no_name_of_a_new_queue() {
        let check = |attribute| check(&sample::stack([sample::with("a", attribute)]));
        let existing = "arn:aws:sqs:eu-west-1:123456789012:${NamePrefix}orders";
        assert!(check(quote!(queue = #existing, env(BB = "${NamePrefix}b"))).is_ok());
        for (attribute, words) in [
            (quote!(queue = "${NamePrefix}a"), "begins the names"),
            (quote!(dlq = "${NamePrefix}a"), "begins the names"),
            (quote!(env(BB = "${NamePrefix:-dev-}b")), "has a default"),
        ] {
            let error = only(check(attribute));
            assert_eq!(error.rule, &PARAMETER_CONFLICT);
            assert!(error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn a_queue_serves_one_function() {
        let check = |one: &str, other: &str| {
            let queues = [("a", one), ("b", other)];
            check(&sample::stack(queues.map(|(binary, queue)| {
                let mut entry = sample::entry(binary);
                entry.function.queue = queue.into();
                entry
            })))
        };
        assert!(check("x", "y").is_ok());
        for (one, other, shared) in [
            ("x", "x", "x"),
            ("x", "x-dlq", "x-dlq"),
            ("x-dlq", "x", "x-dlq"),
        ] {
            let error = only(check(one, other));
            assert_eq!(error.rule, &SHARED_QUEUE);
            let start = format!("`a` (binary `a`) and `b` (binary `b`) share the queue `{shared}`");
            assert!(error.problem().starts_with(&start), "{error}");
        }
    }
}
