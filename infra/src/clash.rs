//! What two functions of a package may not have in common. The macro sees one
//! function at a time.

use std::collections::BTreeMap;

use crate::error::{Error, Errors};
use crate::stack::{Stack, StackFunction};
use crate::template::Ids;

/// Refuses two functions whose resources would have one name.
pub(crate) fn check(stack: &Stack) -> Result<(), Errors> {
    let mut errors = Vec::new();
    let mut prefixes = BTreeMap::new();
    let mut queues = BTreeMap::new();
    for entry in &stack.functions {
        let clash = shared_name(&mut prefixes, entry);
        // A second queue for the same name would be the same mistake again.
        let clash = clash.or_else(|| shared_queue(&mut queues, entry));
        errors.extend(clash);
    }
    Errors::check(errors)
}

/// Each logical id begins with the name of one function.
fn shared_name(owners: &mut BTreeMap<Ids, String>, entry: &StackFunction) -> Option<Error> {
    let other = owners.insert(Ids::new(&entry.function), owner(entry))?;
    Some(Error::SharedName([other, owner(entry)]))
}

/// Each queue and each DLQ serves one function.
fn shared_queue(owners: &mut BTreeMap<String, String>, entry: &StackFunction) -> Option<Error> {
    let queues = [entry.function.queue.clone(), entry.function.dlq()];
    let clashes = queues.map(|queue| {
        let other = owners.insert(queue.clone(), owner(entry))?;
        let functions = [other, owner(entry)];
        Some(Error::SharedQueue { queue, functions })
    });
    clashes.into_iter().flatten().next()
}

fn owner(entry: &StackFunction) -> String {
    format!("`{}` (binary `{}`)", entry.function.name, entry.binary)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::error::{Error, Errors};
    use crate::sample;

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
