//! The warnings about the functions of the stack, and those that are accepted.

use redrive_syntax::Diagnostic;
use redrive_syntax::rules::{self, catalog::Rule};

use super::section;
use crate::discover::Warning;
use crate::stack::{Stack, StackFunction};

pub(super) fn render(stack: &Stack, warnings: &[Warning]) -> String {
    let mut open = String::new();
    let mut accepted = String::new();
    for entry in &stack.functions {
        let name = &entry.function.name;
        for warning in of(entry, warnings).filter(|it| !it.accepted) {
            open += &format!("- `{name}`: {} [{}]\n", warning.problem(), warning.rule.id);
        }
        for rule in &entry.function.allow {
            let broken = of(entry, warnings).find(|it| it.rule.id == rule);
            // What only the compiler can judge has no message.
            let words = match broken {
                Some(warning) => warning.problem(),
                None => rules::find(rule).map_or_else(String::new, Rule::reason),
            };
            accepted += &format!("- `{name}`: {words} [{rule}]\n");
        }
    }
    section("## Warnings", &open) + &section("## Accepted on purpose", &accepted)
}

/// The warnings about one function of the stack.
fn of<'a>(
    entry: &'a StackFunction,
    warnings: &'a [Warning],
) -> impl Iterator<Item = &'a Diagnostic> {
    let is_own = |it: &&Warning| it.binary == entry.binary && it.function == entry.function.name;
    warnings.iter().filter(is_own).map(|it| &it.diagnostic)
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use redrive_syntax::Diagnostic;
    use redrive_syntax::rules::catalog::{self, Rule};

    use super::render;
    use crate::discover::Warning;
    use crate::tests::sample;

    fn warning(binary: &str, rule: &'static Rule, accepted: bool) -> Warning {
        let problem = format!("about {}", rule.id);
        Warning {
            binary: binary.to_owned(),
            function: "orders".to_owned(),
            diagnostic: Diagnostic {
                accepted,
                see: None,
                ..Diagnostic::new(rule, proc_macro2::Span::call_site(), problem)
            },
        }
    }

    #[test]
    fn warnings_are_kept_apart_from_accepted_ones() {
        let warnings = [
            warning("orders", &catalog::REDRIVE_DST_GAP, false),
            warning("orders", &catalog::RECEIVE_COUNT_LOW, true),
        ];
        let entry = sample::with("orders", quote!(allow = "receive_count_low"));
        let expected = "## Warnings\n\n- `orders`: about redrive_dst_gap [redrive_dst_gap]\n\n\
                        ## Accepted on purpose\n\n- `orders`: about receive_count_low [receive_count_low]\n\n";
        assert_eq!(render(&sample::stack([entry]), &warnings), expected);
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
    fn functions_outside_the_stack_are_not_mentioned() {
        let open = warning("other", &catalog::REDRIVE_DST_GAP, false);
        let stack = sample::stack([sample::entry("orders")]);
        assert_eq!(render(&stack, &[open]), "");
    }
}
