//! What two functions of a package may not have in common. The macro sees one
//! function at a time.

use std::collections::{BTreeMap, BTreeSet};

use super::{Kind, Plan};
use crate::error::{Error, Errors};
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
            (Some(other), ..) => Error::SharedName([owner(other), owner(index)]),
            (None, Some(other), Some(queue)) => Error::SharedQueue {
                queue: queue.clone(),
                functions: [owner(other), owner(index)],
            },
            _ => continue,
        };
        // All else that it shares has the same reason.
        if refused.insert(index) {
            errors.push(error);
        }
    }
    Errors::check(errors)
}

#[cfg(test)]
mod tests {
    use crate::error::{Error, Errors};
    use crate::stack::Stack;
    use crate::{plan, sample};

    fn check(stack: &Stack) -> Result<(), Errors> {
        super::check(stack, &plan::of(stack))
    }

    fn only(result: Result<(), Errors>) -> Error {
        let Errors(mut errors) = result.expect_err("a clash");
        assert_eq!(errors.len(), 1, "{errors:?}");
        errors.remove(0)
    }

    #[test]
    fn each_clash_is_told() {
        let entries = [("a", "x"), ("b", "x"), ("c", "y"), ("d", "y")];
        let stack = sample::stack(entries.map(|(binary, queue)| {
            let mut entry = sample::entry(binary);
            entry.function.queue = queue.to_owned();
            entry
        }));
        let Errors(errors) = check(&stack).expect_err("two clashes");
        assert_eq!(errors.len(), 2, "{errors:?}");
    }

    #[test]
    fn a_name_stands_for_one_function() {
        let check = |one: &str, other: &str| {
            let names = [("a", one), ("b", other)];
            check(&sample::stack(names.map(|(binary, name)| {
                let mut entry = sample::entry(binary);
                entry.function.name = name.to_owned();
                entry
            })))
        };
        assert_eq!(check("order", "orders"), Ok(()));
        assert_eq!(check("order", "order_redrive"), Ok(()));
        for (one, other) in [("order", "order"), ("pay_now", "pay__now")] {
            let error = only(check(one, other)).to_string();
            let start = format!("`{one}` (binary `a`) and `{other}` (binary `b`) have names");
            assert!(error.starts_with(&start), "{error}");
        }
    }

    #[test]
    fn a_queue_serves_one_function() {
        let check = |one: &str, other: &str| {
            let queues = [("a", one), ("b", other)];
            check(&sample::stack(queues.map(|(binary, queue)| {
                let mut entry = sample::entry(binary);
                entry.function.queue = queue.to_owned();
                entry
            })))
        };
        assert_eq!(check("x", "y"), Ok(()));
        for (one, other, shared) in [
            ("x", "x", "x"),
            ("x", "x-dlq", "x-dlq"),
            ("x-dlq", "x", "x-dlq"),
        ] {
            let error = only(check(one, other));
            assert!(
                matches!(&error, Error::SharedQueue { queue, .. } if queue == shared),
                "{error}"
            );
            let start = "`a` (binary `a`) and `b` (binary `b`) share";
            assert!(error.to_string().starts_with(start), "{error}");
        }
    }
}
