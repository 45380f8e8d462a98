//! What two functions of a package may not have in common. The macro sees one
//! function at a time.

use std::collections::{BTreeMap, BTreeSet};

use redrive_syntax::parameter_text::Parameter;
use redrive_syntax::rules::catalog::{
    FILTER_POLICY, PARAMETER_CONFLICT, SHARED_NAME, SHARED_QUEUE,
};
use redrive_syntax::{Diagnostic, Function};

use super::names::shared;
use super::parameters::{Used, used};
use super::{Kind, Plan};
use crate::error::{Errors, broken};
use crate::filter_policy::FilterPolicy;
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
    errors.extend(shared_dlq(stack, owner));
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

/// A redrive moves all messages of a DLQ to one queue.
fn shared_dlq(stack: &Stack, owner: impl Fn(usize) -> String) -> Vec<Diagnostic> {
    let functions = || stack.functions.iter().map(|it| &it.function).enumerate();
    let redriven = functions().filter(|(_, it)| it.dlq_redrive.is_some());
    let shared = redriven.filter_map(|(index, function)| {
        let dlq = function.existing_dlq()?;
        let uses = |it: &Function| {
            [it.existing_queue(), it.existing_dlq()].contains(&Some(dlq))
        };
        // Of two that redrive it, the first is enough.
        let mut others = functions().filter(|(other, it)| *other != index && uses(it));
        let is_first = |(other, it): &(usize, &Function)| it.dlq_redrive.is_none() || *other > index;
        let (other, _) = others.find(is_first)?;
        let (one, other) = (owner(index), owner(other));
        let problem = format!(
            "{one} redrives the DLQ `{dlq}`, which {other} uses, too: messages of both would be moved to one queue"
        );
        Some(broken(&SHARED_QUEUE, problem).help("give each its own DLQ, or remove `dlq_redrive`"))
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
    let mut defaults = BTreeMap::new();
    let mut errors = BTreeMap::new();
    for used in used(stack) {
        let Used { function, key, .. } = used;
        let Parameter { name, default } = used.parameter;
        let is_resource = plan.resources.iter().any(|resource| resource.id == name);
        let is_prefix = name == shared::NAME_PREFIX;
        let is_ours = plan
            .parameters
            .iter()
            .any(|it| it.name == name && !it.is_own);
        let what = match () {
            () if is_resource => Some("a resource"),
            () if is_ours => Some("a parameter that the template has anyway"),
            () => None,
        };
        let (problem, help) = match (what, default) {
            (_, None) if is_prefix && !used.names_new_queue => continue,
            (_, None) if is_prefix => (
                format!("`${{{name}}}` begins the names of new queues anyway"),
                format!("remove `${{{name}}}` from `{key}` of `{function}`"),
            ),
            (_, Some(_)) if is_prefix => (
                format!("`${{{name}}}` has a default already, which is empty"),
                format!("write `${{{name}}}` in `{key}` of `{function}`"),
            ),
            (Some(what), _) => (
                format!("`${{{name}}}` in `{key}` of `{function}` has the name of {what}"),
                "choose another name".to_owned(),
            ),
            (None, Some(default)) => {
                let here = (default.clone(), key, function);
                let (other, other_key, other_function) =
                    &*defaults.entry(name.clone()).or_insert(here);
                // The macro reports two in one attribute.
                let is_in_one = *other_function == function && key != "permissions";
                if *other == default || is_in_one {
                    continue;
                }
                (
                    format!(
                        "`${{{name}}}` has two defaults: `{other}` in `{other_key}` of `{other_function}`, and \
                         `{default}` in `{key}` of `{function}`"
                    ),
                    format!("write the default once, and `${{{name}}}` elsewhere"),
                )
            }
            (None, None) => continue,
        };
        let error = broken(&PARAMETER_CONFLICT, problem).help(help);
        errors.entry(name).or_insert(error);
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
            let text = "`${X}` has two defaults: `1` in `env` of `a`, and ";
            assert!(error.problem().starts_with(text), "{error}");
        }
    }

    #[test]
    fn a_dlq_that_is_redriven_is_of_one_function() {
        const QUEUE: &str = "arn:aws:sqs:eu-west-1:123456789012:";
        let check = |one: TokenStream, other: TokenStream| {
            let entries = [sample::with("a", one), sample::with("b", other)];
            check(&sample::stack(entries))
        };
        let with = |queue: &str, dlq: &str, redrive: bool| {
            let (queue, dlq) = (format!("{QUEUE}{queue}"), format!("{QUEUE}{dlq}"));
            let redrive = redrive.then(|| quote!(dlq_redrive = "rate(1 day)"));
            quote!(queue = #queue, dlq = #dlq, #redrive)
        };
        assert!(check(with("x", "dead", false), with("y", "dead", false)).is_ok());
        assert!(check(with("x", "dead", true), with("y", "other", true)).is_ok());
        for (one, other) in [
            (with("x", "dead", true), with("y", "dead", true)),
            (with("x", "dead", false), with("y", "dead", true)),
            (with("x", "dead", true), with("dead", "other", false)),
        ] {
            let error = only(check(one, other));
            assert_eq!(error.rule, &SHARED_QUEUE);
            assert!(
                error.problem().contains("redrives the DLQ `arn:"),
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
