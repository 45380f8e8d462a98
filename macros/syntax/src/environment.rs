//! `env(NAME = "value")`.

use std::collections::BTreeMap;

use proc_macro2::Span;
use redrive_model::names::{RESERVED_PREFIX, SET_BY_LAMBDA};

use crate::catalog;
use crate::diagnostic::{Diagnostic, Rejected};
use crate::group;
use crate::keys::Key;
use crate::parameter_text::ParameterText;
use crate::setting::{Setting, TemplateValue, placeholders};
use crate::tokens::excerpt;
use crate::value::Value;

/// The variables of `env(…)`.
impl Setting for BTreeMap<String, ParameterText> {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        group::read(key, value, |pair| {
            let name = check_name(&pair.name).map_err(|refused| Diagnostic {
                place: pair.place,
                ..refused
            });
            let value = group::text(pair).and_then(|(text, place)| placeholders(text, place));
            match (name, value) {
                (Ok(()), Ok(value)) => Ok(value),
                (name, value) => Err(name.err().into_iter().chain(value.err()).collect()),
            }
        })
    }

    fn written(&self) -> Option<String> {
        // Whoever has variables reads them by name.
        None
    }

    fn read_back(_: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        match value {
            TemplateValue::Map(map) => Ok(map.clone()),
            TemplateValue::Nothing => Ok(BTreeMap::new()),
            _ => Err(Vec::new()),
        }
    }
}

/// Rejects a name that Lambda or the template would reject.
///
/// # Errors
/// If it is reserved, or not the name of a variable.
pub fn check_name(name: &str) -> Result<(), Diagnostic> {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let (rule, problem) = match name {
        _ if SET_BY_LAMBDA.contains(&name) => (&catalog::ENV_RESERVED, "is set by Lambda itself"),
        _ if name.starts_with(RESERVED_PREFIX) => (
            &catalog::ENV_RESERVED,
            "begins with `REDRIVE_`, which the template uses",
        ),
        _ if is_word && name.len() > 1 && name.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            return Ok(());
        }
        _ => (
            &catalog::ENV_NAME,
            "is not a letter followed by one or more letters, digits and `_`",
        ),
    };
    let problem = format!("`{}` {problem}", excerpt(name));
    Err(Diagnostic::new(rule, Span::call_site(), problem).help("choose another name"))
}

#[cfg(test)]
mod tests {
    use redrive_model::names::SET_BY_LAMBDA;

    use super::check_name;

    #[test]
    fn what_lambda_sets_is_refused() {
        for name in SET_BY_LAMBDA {
            let refused = check_name(name).map_err(|error| error.rule.id);
            assert_eq!(refused, Err("env_reserved"), "{name}");
        }
    }

    #[test]
    fn what_the_template_sets_is_refused() {
        for (name, rule) in [
            ("REDRIVE_DLQ", Err("env_reserved")),
            ("REDRIVE_", Err("env_reserved")),
            ("REDRIVES", Ok(())),
            ("AWS_REGIONS", Ok(())),
        ] {
            assert_eq!(
                check_name(name).map_err(|error| error.rule.id),
                rule,
                "{name}"
            );
        }
    }

    #[test]
    fn names_are_a_letter_and_more() {
        for (name, is_taken) in [
            ("AB", true),
            ("a_", true),
            ("A1", true),
            ("A", false),
            ("1A", false),
            ("_A", false),
            ("AÉ", false),
            ("ÉA", false),
        ] {
            assert_eq!(check_name(name).is_ok(), is_taken, "{name}");
        }
    }
}
