//! What is known at deployment only.

use redrive_syntax::rules::skipped;

use super::line;
use crate::stack::Stack;

/// The rules that could not be checked.
pub(super) fn render(stack: &Stack) -> String {
    let mut text = String::new();
    for function in stack.functions.iter().map(|entry| &entry.function) {
        for (rule, key, names) in skipped(function) {
            let names: Vec<_> = names.iter().map(|name| format!("`${{{name}}}`")).collect();
            line(
                &mut text,
                &format!(
                    "- `{}`: `{key}` contains {} [{}]",
                    function.name,
                    names.join(", "),
                    rule.id
                ),
            );
        }
    }
    match text.as_str() {
        "" => text,
        list => format!(
            "## Not checked before deployment\n\n\
             Each line names the rule that needs the value of a parameter:\n\n{list}\n"
        ),
    }
}
