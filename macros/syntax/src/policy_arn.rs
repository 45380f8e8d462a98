//! ARNs of managed policies, as `policies` lists them.

use crate::arn::{is_account, is_partition};
use crate::parameter_text::{ParameterText, Part};
use crate::tokens::excerpt;

/// Whether this is the ARN of a managed policy that a role can have, as far as that is
/// known.
///
/// # Errors
/// The problem and the help.
pub fn check(arn: &ParameterText) -> Result<(), (String, String)> {
    let may_be_an_arn = match arn.parts() {
        [Part::Literal(start), _, ..] => start.starts_with("arn:"),
        [Part::Parameter(_)] => true,
        _ => false,
    };
    match may_be_an_arn {
        true => Ok(()),
        false => check_literal(&arn.to_string()),
    }
}

fn check_literal(arn: &str) -> Result<(), (String, String)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let name = match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource]
            if is_partition(partition) && (*account == "aws" || is_account(account)) =>
        {
            resource.strip_prefix("policy/")
        }
        _ => None,
    };
    match name.filter(|name| is_policy_name(name)) {
        Some(name) if name.starts_with("aws-service-role/") => Err((
            format!("only an AWS service can use `{}`", excerpt(name)),
            "list another policy".to_owned(),
        )),
        Some(_) => Ok(()),
        None => {
            let is_name = is_policy_name(arn) && !arn.starts_with("arn") && arn.len() < 64;
            let name = if is_name {
                arn
            } else {
                "AmazonS3ReadOnlyAccess"
            };
            Err((
                format!("`\"{}\"` is not the ARN of a managed policy", excerpt(arn)),
                format!("list its ARN, such as `\"arn:aws:iam::aws:policy/{name}\"`"),
            ))
        }
    }
}

/// The partition of an ARN, such as `aws` or `aws-cn`.
pub(crate) fn partition(arn: &str) -> Option<&str> {
    arn.split(':').nth(1)
}

/// Whether IAM allows this as a policy's path and name.
fn is_policy_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c))
}
