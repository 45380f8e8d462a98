//! `env(NAME = "value")`.

use std::collections::BTreeMap;

use proc_macro2::{Literal, Span, TokenStream};
use redrive_model::names::{RESERVED_PREFIX, SET_BY_LAMBDA};

use crate::catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Fix};
use crate::pair::{self, After, Pair};
use crate::parameter_text::ParameterText;
use crate::place::Place;
use crate::value::{What, placeholders};

/// The variables of `env(…)`.
pub(crate) fn read(
    variables: TokenStream,
    place: Place,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, ParameterText> {
    let mut read = BTreeMap::new();
    if variables.is_empty() {
        let empty = Diagnostic::new(&catalog::SYNTAX, place, "`env` has no variables");
        let empty = empty.fix(Fix::set("env", "(LEVEL = \"info\")"));
        diagnostics.push(empty.fix(Fix::remove("env")));
    }
    for pair in pair::list(variables, diagnostics, |_| {}) {
        let name = check_name(&pair.name);
        let is_name = name.is_ok();
        if let Err(diagnostic) = name {
            let place = pair.place;
            diagnostics.push(Diagnostic {
                place,
                ..diagnostic
            });
        }
        match value(&pair) {
            Err(diagnostic) => diagnostics.push(diagnostic),
            Ok(_) if !is_name => {}
            Ok(value) => {
                if read.insert(pair.name.clone(), value).is_some() {
                    let text = format!("`{}` is already set; remove one of the two", pair.name);
                    diagnostics.report(&catalog::DUPLICATE_KEY, pair.place, text);
                }
            }
        }
    }
    read
}

fn value(pair: &Pair) -> Result<ParameterText, Diagnostic> {
    let name = &pair.name;
    let write = |text: &str| format!("write `{name} = {}`", Literal::string(text));
    let refuse = |problem: &str, help| {
        let problem = format!("`{name}` {problem}");
        Err(Diagnostic::new(&catalog::SYNTAX, pair.place, problem).help(help))
    };
    let value = match &pair.after {
        After::Value(value) => value,
        After::NoEquals(value) => match &value.what {
            What::Text(text) => return refuse("needs `=` before its value", write(text)),
            _ => return refuse("needs `=` before its value", write("value")),
        },
        After::Nothing | After::Group(..) => return refuse("has no value", write("value")),
    };
    let text = match &value.what {
        What::Text(text) => return placeholders(text, value.place),
        What::Integer(digits, _) => digits,
        What::Decimal | What::Negative | What::Flag(_) => &value.text,
        // The value of a constant is not known here.
        What::Path(path)
            if path.get_ident().is_some() && value.text != value.text.to_uppercase() =>
        {
            &value.text
        }
        _ => "value",
    };
    let problem = format!("`{name}` must be a string, not {}", value.described());
    Err(value
        .refuse(&catalog::WRONG_TYPE, problem)
        .help(write(text)))
}

/// Rejects a name that Lambda or the template would reject.
///
/// # Errors
/// If it is reserved, or not the name of a variable.
pub fn check_name(name: &str) -> Result<(), Diagnostic> {
    let refuse = |rule, problem: &str, help| {
        let problem = format!("`{name}` {problem}");
        Err(Diagnostic::new(rule, Span::call_site(), problem).help(help))
    };
    let another = "choose another name";
    if SET_BY_LAMBDA.contains(&name) {
        return refuse(&catalog::ENV_RESERVED, "is set by Lambda itself", another);
    }
    if name.starts_with(RESERVED_PREFIX) {
        let problem = "begins with `REDRIVE_`, which the template uses";
        return refuse(&catalog::ENV_RESERVED, problem, another);
    }
    let letter_first = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !letter_first
        || name.len() < 2
        || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    {
        let help = "begin with a letter, and use two or more letters, digits and `_`";
        return refuse(
            &catalog::ENV_NAME,
            "cannot be an environment variable",
            help,
        );
    }
    Ok(())
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
