//! The warnings about the functions of the stack, and those that are accepted.

use std::fmt::Write;

use redrive_syntax::rules::{self, catalog::Rule};

use crate::discover::Note;
use crate::stack::{Stack, StackFunction};

pub(super) fn render(stack: &Stack, notes: &[Note<'_>]) -> String {
    let mut open = String::new();
    let mut accepted = String::new();
    for entry in &stack.functions {
        let name = &entry.function.name;
        for Note { warning, .. } in of(entry, notes).filter(|note| !note.warning.accepted) {
            add(&mut open, name, &warning.message(), warning.rule.id);
        }
        for rule in &entry.function.allow {
            let broken = of(entry, notes).find(|note| note.warning.rule.id == rule);
            // What only the compiler can judge has no message.
            let words = match broken {
                Some(note) => note.warning.message(),
                None => rules::find(rule).map_or_else(String::new, Rule::reason),
            };
            add(&mut accepted, name, &words, rule);
        }
    }
    section("Warnings", &open) + &section("Accepted on purpose", &accepted)
}

/// The notes about one function of the stack.
fn of<'a>(entry: &'a StackFunction, notes: &'a [Note<'a>]) -> impl Iterator<Item = &'a Note<'a>> {
    notes
        .iter()
        .filter(|note| note.binary == entry.binary && note.function == entry.function.name)
}

fn add(list: &mut String, function: &str, words: &str, rule: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(list, "- `{function}`: {words} [{rule}]");
}

fn section(title: &str, list: &str) -> String {
    match list {
        "" => String::new(),
        list => format!("## {title}\n\n{list}\n"),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use quote::quote;
    use redrive_syntax::Diagnostic;
    use redrive_syntax::rules::catalog::{self, Rule};

    use super::render;
    use crate::discover::Note;
    use crate::sample;

    fn warning(rule: &'static Rule, accepted: bool) -> Diagnostic {
        let problem = format!("about {}", rule.id);
        Diagnostic {
            accepted,
            see: None,
            ..Diagnostic::new(rule, proc_macro2::Span::call_site(), problem)
        }
    }

    fn note<'a>(binary: &'a str, warning: &'a Diagnostic) -> Note<'a> {
        Note {
            binary,
            function: "orders",
            warning: Cow::Borrowed(warning),
        }
    }

    #[test]
    fn warnings_are_kept_apart_from_accepted_ones() {
        let (open, accepted) = (
            warning(&catalog::REDRIVE_DST_GAP, false),
            warning(&catalog::RECEIVE_COUNT_LOW, true),
        );
        let notes = [note("orders", &open), note("orders", &accepted)];
        let entry = sample::with("orders", quote!(allow = "receive_count_low"));
        let expected = "## Warnings\n\n- `orders`: about redrive_dst_gap [redrive_dst_gap]\n\n\
                        ## Accepted on purpose\n\n- `orders`: about receive_count_low [receive_count_low]\n\n";
        assert_eq!(render(&sample::stack([entry]), &notes), expected);
    }

    #[test]
    fn a_rule_is_accepted_before_it_is_broken() {
        let entry = sample::with("orders", quote!(allow = "panic_abort"));
        let text = render(&sample::stack([entry]), &[]);
        assert!(
            text.starts_with("## Accepted on purpose\n\n- `orders`: "),
            "{text}"
        );
        assert!(text.ends_with(" [panic_abort]\n\n"), "{text}");
    }

    #[test]
    fn a_function_outside_the_stack_is_not_spoken_of() {
        let open = warning(&catalog::REDRIVE_DST_GAP, false);
        let stack = sample::stack([sample::entry("orders")]);
        assert_eq!(render(&stack, &[note("other", &open)]), "");
    }
}
