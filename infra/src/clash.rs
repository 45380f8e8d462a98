//! What two functions of a package may not have in common. The macro sees one
//! function at a time.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::stack::{Stack, StackFunction};
use crate::template::Ids;

/// Refuses two functions whose resources would have one name.
pub(crate) fn check(stack: &Stack) -> Result<(), Error> {
    check_names(stack)?;
    check_queues(stack)
}

/// Each logical id begins with the name of one function.
fn check_names(stack: &Stack) -> Result<(), Error> {
    let mut owners = BTreeMap::new();
    for entry in &stack.functions {
        if let Some(other) = owners.insert(Ids::new(&entry.function), owner(entry)) {
            return Err(Error::SharedName([other, owner(entry)]));
        }
    }
    Ok(())
}

/// Each queue and each DLQ serves one function.
fn check_queues(stack: &Stack) -> Result<(), Error> {
    let mut owners = BTreeMap::new();
    for entry in &stack.functions {
        for queue in [entry.function.queue.clone(), entry.function.dlq()] {
            if let Some(other) = owners.insert(queue.clone(), owner(entry)) {
                let functions = [other, owner(entry)];
                return Err(Error::SharedQueue { queue, functions });
            }
        }
    }
    Ok(())
}

fn owner(entry: &StackFunction) -> String {
    format!("`{}` (binary `{}`)", entry.function.name, entry.binary)
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::error::Error;
    use crate::sample;

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
            let error = check(one, other).expect_err("one prefix").to_string();
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
            let error = check(one, other).expect_err("a shared queue");
            assert!(
                matches!(&error, Error::SharedQueue { queue, .. } if queue == shared),
                "{error}"
            );
            let start = "`a` (binary `a`) and `b` (binary `b`) share";
            assert!(error.to_string().starts_with(start), "{error}");
        }
    }
}
