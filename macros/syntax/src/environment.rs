//! `env(NAME = "value")` and `policies = ["arn:…"]`.

use std::collections::BTreeMap;

use proc_macro2::{Group, Literal, TokenTree};
use redrive_model::names::{RESERVED_PREFIX, SET_BY_LAMBDA};
use syn::Lit;

use crate::diagnostic::Diagnostics;
use crate::pair::{self, Behind, Pair, Spelling};
use crate::rules::catalog::{self, Rule};
use crate::tokens;
use crate::value::{Value, What};

/// How a variable is written.
struct Variables;

impl Spelling for Variables {
    fn pair(&self, name: &str, value: &[TokenTree]) -> String {
        let text = match value {
            [] => "value".to_owned(),
            [TokenTree::Literal(value)] => match Lit::new(value.clone()) {
                Lit::Str(text) => text.value(),
                Lit::Int(number) => number.base10_digits().to_owned(),
                Lit::Float(number) => number.base10_digits().to_owned(),
                _ => "value".to_owned(),
            },
            value => tokens::text(value),
        };
        let text = Literal::string(&text);
        match check_name(name) {
            Ok(()) => format!("{name} = {text}"),
            // What is wrong with the name is said as well.
            Err(_) => text.to_string(),
        }
    }

    fn value_alone(&self, value: &[TokenTree]) -> String {
        let text = match value {
            [TokenTree::Literal(value)] => match Lit::new(value.clone()) {
                Lit::Str(text) => text.value(),
                _ => String::new(),
            },
            _ => String::new(),
        };
        match text.split_once('=') {
            Some((name, value)) if check_name(name.trim()).is_ok() => {
                format!("{} = {}", name.trim(), Literal::string(value.trim()))
            }
            _ => "LEVEL = \"info\"".to_owned(),
        }
    }

    fn takes_group(&self, _: &str) -> bool {
        false
    }
}

/// The variables of `env(…)`.
pub(crate) fn read(group: &Group, errors: &mut Diagnostics) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    if group.stream().is_empty() {
        let text = "`env` has no variables; write `env(LEVEL = \"info\")`, or remove it";
        errors.report(&catalog::SYNTAX, group.span(), text);
    }
    for part in tokens::parts(group.stream(), errors) {
        let (key, value) = match pair::read(&part, &Variables, errors) {
            Ok(Some(Pair {
                key,
                behind: Behind::Value(value),
            })) => (key, value),
            Ok(Some(Pair {
                key,
                behind: Behind::Group(_),
            })) => {
                let written = Variables.pair(&key.name, &[]);
                let text = format!("`{}` has no value; write `{written}`", key.name);
                errors.report(&catalog::SYNTAX, key.place, text);
                continue;
            }
            Ok(None) => continue,
            Err(refusal) => {
                errors.report(&catalog::SYNTAX, refusal.place, refusal.text);
                continue;
            }
        };
        let name = check_name(&key.name);
        if let Err((rule, text)) = &name {
            errors.report(rule, key.place, text);
        }
        let read = Value::read(&value, errors);
        let What::Text(text) = read.what else {
            errors.report(
                &catalog::WRONG_TYPE,
                read.place,
                no_string(&key.name, &value, &read),
            );
            continue;
        };
        if name.is_ok() && variables.insert(key.name.clone(), text).is_some() {
            let text = format!("`{}` is already set; remove one of the two", key.name);
            errors.report(&catalog::DUPLICATE_KEY, key.place, text);
        }
    }
    variables
}

fn no_string(name: &str, tokens: &[TokenTree], value: &Value) -> String {
    let is_plain = match value.what {
        What::Integer(..) | What::Decimal | What::Negative | What::Flag(_) => true,
        // A constant's value is not known here.
        What::Path(_) => tokens.len() == 1 && value.text != value.text.to_uppercase(),
        _ => false,
    };
    match is_plain {
        true => format!(
            "`{name}` takes a string; write `{}`",
            Variables.pair(name, tokens)
        ),
        false => format!(
            "`{name}` takes a string, not {}; write its text, such as `{}`",
            value.described(),
            Variables.pair(name, &[])
        ),
    }
}

/// Refuses a name that Lambda or the template would, with the rule's id and the
/// way out.
///
/// # Errors
/// If it is reserved, or no name of a variable.
pub fn check_name(name: &str) -> Result<(), (&'static Rule, String)> {
    if SET_BY_LAMBDA.contains(&name) {
        return Err((
            &catalog::ENV_RESERVED,
            format!("`{name}` is set by Lambda itself; choose another name"),
        ));
    }
    if name.starts_with(RESERVED_PREFIX) {
        return Err((
            &catalog::ENV_RESERVED,
            format!(
                "`{name}` begins with `REDRIVE_`, which the template uses; choose another name"
            ),
        ));
    }
    let letter_first = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if !letter_first
        || name.len() < 2
        || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    {
        let text = format!(
            "`{name}` cannot be an environment variable; begin with a letter, and use two or more letters, digits and `_`"
        );
        return Err((&catalog::ENV_NAME, text));
    }
    Ok(())
}

/// Whether this is the ARN of a managed policy.
pub(crate) fn policy(arn: &str) -> Result<(), String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let well_formed = match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource] => {
            partition.starts_with("aws")
                && (*account == "aws"
                    || (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())))
                && resource.strip_prefix("policy/").is_some_and(is_policy_name)
        }
        _ => false,
    };
    if well_formed {
        return Ok(());
    }
    Err(format!(
        "`\"{arn}\"` is not the ARN of a managed policy; write one such as `\"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess\"`"
    ))
}

/// A policy's path and name, as IAM takes them.
fn is_policy_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c))
}

#[cfg(test)]
mod tests {
    use redrive_model::names::SET_BY_LAMBDA;

    use super::check_name;

    #[test]
    fn what_lambda_sets_is_refused() {
        for name in SET_BY_LAMBDA {
            let refused = check_name(name).map_err(|(rule, _)| rule.id);
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
                check_name(name).map_err(|(rule, _)| rule.id),
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
