//! What is known at deployment only.

use redrive_syntax::rules::catalog::{PERMISSIONS, PERMISSIONS_WILDCARD};
use redrive_syntax::rules::skipped;

use super::section;
use crate::permissions;
use crate::stack::Stack;

/// The rules that could not be checked.
pub(super) fn render(stack: &Stack) -> String {
    let mut text = String::new();
    for function in stack.functions.iter().map(|entry| &entry.function) {
        let own = permissions::parameters(stack).filter(|(it, _)| *it == function.name);
        let own = own.map(|(_, parameter)| parameter.name).collect();
        let own = (
            vec![&PERMISSIONS, &PERMISSIONS_WILDCARD],
            "permissions",
            own,
        );
        for (rules, key, names) in skipped(function).into_iter().chain([own]) {
            if names.is_empty() {
                continue;
            }
            let names: Vec<_> = names.iter().map(|name| format!("`${{{name}}}`")).collect();
            let rules: Vec<_> = rules.iter().map(|rule| rule.id).collect();
            text += &format!(
                "- `{}`: `{key}` contains {} [{}]\n",
                function.name,
                names.join(", "),
                rules.join(", ")
            );
        }
    }
    let introduction = "## Not checked before deployment\n\n\
         Each line names the rules that need the value of a parameter. \
         `cargo redrive package --verify` checks them with values:";
    section(introduction, &text)
}
