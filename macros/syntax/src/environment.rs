//! `env(NAME = "value")` and `policies = ["arn:…"]`.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Ident, LitStr, Token};

use crate::attribute::split_at_commas;
use crate::errors::Errors;

/// Variables that Lambda sets itself and refuses.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>
const RESERVED: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

/// The bytes that all names and values of a function may have together.
pub(crate) const MOST_BYTES: usize = 4_096;

struct Variable {
    name: Ident,
    value: LitStr,
}

impl Parse for Variable {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        if !input.peek(Token![=]) {
            return Err(syn::Error::new(
                name.span(),
                format!("`{name}` has no value; write `{name} = \"value\"`"),
            ));
        }
        input.parse::<Token![=]>()?;
        let value = input.parse().map_err(|error| {
            syn::Error::new(
                error.span(),
                format!("`{name}` takes a string; write `{name} = \"value\"`"),
            )
        })?;
        Ok(Variable { name, value })
    }
}

/// The variables of `env(…)`.
pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for tokens in split_at_commas(tokens) {
        let Variable { name: ident, value } = match Variable::parse.parse2(tokens) {
            Ok(variable) => variable,
            Err(error) => {
                errors.push("syntax", error.span(), error);
                continue;
            }
        };
        let name = ident.to_string();
        if let Err((rule, text)) = check_name(&name) {
            errors.push(rule, ident.span(), text);
        } else if variables.insert(name.clone(), value.value()).is_some() {
            let text = format!("`{name}` is already set; remove one of the two");
            errors.push("duplicate_key", ident.span(), text);
        }
    }
    variables
}

/// Refuses a name that Lambda or the template would, with the rule's id and the
/// way out.
///
/// # Errors
/// If it is reserved, or no name of a variable.
pub fn check_name(name: &str) -> Result<(), (&'static str, String)> {
    if RESERVED.contains(&name) {
        return Err((
            "env_reserved",
            format!("`{name}` is set by Lambda itself; choose another name"),
        ));
    }
    if name.starts_with("REDRIVE_") {
        return Err((
            "env_reserved",
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
        return Err(("env_name", text));
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
    use super::{MOST_BYTES, RESERVED, check_name};

    #[test]
    fn what_lambda_sets_is_refused() {
        for name in RESERVED {
            let refused = check_name(name).map_err(|(rule, _)| rule);
            assert_eq!(refused, Err("env_reserved"), "{name}");
        }
        // As the documentation of AWS lists them.
        assert_eq!((RESERVED.len(), MOST_BYTES), (18, 4 * 1_024));
    }

    #[test]
    fn what_the_template_sets_is_refused() {
        for (name, rule) in [
            ("REDRIVE_DLQ", Err("env_reserved")),
            ("REDRIVE_", Err("env_reserved")),
            ("REDRIVES", Ok(())),
            ("AWS_REGIONS", Ok(())),
        ] {
            assert_eq!(check_name(name).map_err(|(rule, _)| rule), rule, "{name}");
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
