//! What two functions of a package may not have in common. The macro sees one
//! function at a time.

use std::collections::BTreeMap;

use redrive_syntax::parameter_text::Parameter;
use redrive_syntax::rules::catalog::{
    FILTER_POLICY, PARAMETER_CONFLICT, SHARED_NAME, SHARED_QUEUE,
};
use redrive_syntax::{Diagnostic, Function};

use super::names::{pascal, shared};
use super::parameters::{Used, used};
use super::{Kind, Plan};
use crate::error::{Errors, broken};
use crate::filter_policy::FilterPolicy;
use crate::stack::{Stack, StackFunction};

/// Refuses two functions that would have a resource or a queue of one name.
pub(crate) fn check(stack: &Stack, plan: &Plan) -> Result<(), Errors> {
    let mut errors = shared_names(stack, plan);
    errors.extend(shared_dlq(stack));
    let functions = stack.functions.iter().map(|entry| &entry.function);
    errors.extend(functions.filter_map(filter_policy));
    errors.extend(parameters(stack, plan));
    Errors::check(errors)
}

fn owner(StackFunction { binary, function }: &StackFunction) -> String {
    format!("`{}` (binary `{binary}`)", function.name)
}

/// Functions of which all resources would have the same names, or that read one queue.
fn shared_names(stack: &Stack, plan: &Plan) -> Vec<Diagnostic> {
    let (mut names, mut queues) = (BTreeMap::new(), BTreeMap::new());
    let mut errors = Vec::new();
    for (index, entry) in stack.functions.iter().enumerate() {
        let own = plan.resources.iter().filter_map(|it| match &it.kind {
            Kind::Queue(queue) if it.function == Some(index) => queue.name.as_ref(),
            _ => None,
        });
        let shared = own
            .chain(entry.function.existing_queue())
            .filter_map(|queue| Some((queues.insert(queue, entry)?, queue)));
        let shared: Vec<_> = shared.collect();
        let one = owner(entry);
        // All else that it shares has the same reason.
        if let Some(other) = names.insert(pascal(&entry.function.name), entry) {
            let problem = format!(
                "{} and {one} have the same names in the template",
                owner(other)
            );
            errors.push(broken(&SHARED_NAME, problem).help("rename one of the functions"));
        } else if let Some((other, queue)) = shared.first() {
            let problem = format!(
                "{} and {one} share the queue `{queue}`, so each would receive messages of the other",
                owner(other)
            );
            let help = "name another queue with `queue = \"…\"`";
            errors.push(broken(&SHARED_QUEUE, problem).help(help));
        }
    }
    errors
}

/// A redrive moves all messages of a DLQ to one queue.
fn shared_dlq(stack: &Stack) -> impl Iterator<Item = Diagnostic> {
    let functions = || stack.functions.iter().enumerate();
    functions().filter_map(move |(index, entry)| {
        entry.function.dlq_redrive.as_ref()?;
        let dlq = entry.function.existing_dlq()?;
        let (_, other) = functions().find(|(place, other)| {
            let other = &other.function;
            let uses = [other.existing_queue(), other.existing_dlq()].contains(&Some(dlq));
            // Of two that redrive it, the first is enough.
            let is_first = other.dlq_redrive.is_none() || *place > index;
            *place != index && uses && is_first
        })?;
        let problem = format!(
            "{} redrives the DLQ `{dlq}`, which {} uses, too: messages of both would be moved to one queue",
            owner(entry),
            owner(other)
        );
        let help = "give each its own DLQ, or remove `dlq_redrive`";
        Some(broken(&SHARED_QUEUE, problem).help(help))
    })
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
        let (shown, place) = (format!("`${{{name}}}`"), format!("`{key}` of `{function}`"));
        let mut ours = plan.parameters.iter().filter(|it| !it.is_own);
        let what = match () {
            () if plan.resources.iter().any(|it| it.id == name) => Some("a resource"),
            () if ours.any(|it| it.name == name) => {
                Some("a parameter that the template has anyway")
            }
            () => None,
        };
        let (problem, help) = match (what, default) {
            (_, None) if name == shared::NAME_PREFIX && !used.names_new_queue => continue,
            (_, None) if name == shared::NAME_PREFIX => (
                format!("{shown} begins the names of new queues anyway"),
                format!("remove {shown} from {place}"),
            ),
            (_, Some(_)) if name == shared::NAME_PREFIX => (
                format!("{shown} has a default already, which is empty"),
                format!("write {shown} in {place}"),
            ),
            (Some(what), _) => (
                format!("{shown} in {place} has the name of {what}"),
                "choose another name".to_owned(),
            ),
            (None, Some(default)) => {
                let here = (default.clone(), place.clone(), function);
                let (other, other_place, other_function) =
                    &*defaults.entry(name.clone()).or_insert(here);
                // The macro reports two in one attribute.
                let is_in_one = *other_function == function && key != "permissions";
                if *other == default || is_in_one {
                    continue;
                }
                (
                    format!(
                        "{shown} has two defaults: `{other}` in {other_place}, and `{default}` in {place}"
                    ),
                    format!("write the default once, and {shown} elsewhere"),
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
