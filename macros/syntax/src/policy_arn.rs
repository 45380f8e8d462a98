//! ARNs of managed policies, as `policies` lists them.

use crate::arn::{self, is_account, is_name, is_partition};
use crate::parameter_text::ParameterText;
use crate::tokens::excerpt;

/// The characters that IAM allows in a policy's path and name, with letters and digits.
const ALSO: &str = "_+=,.@-/";

/// Whether this is the ARN of a managed policy that a role can have, as far as that is
/// known.
///
/// # Errors
/// The problem and the help.
pub fn check(arn: &ParameterText) -> Result<(), (String, String)> {
    let parts = arn::parts(arn).unwrap_or_default();
    let [_, partition, service, region, account, resource] = &parts;
    let is_managed = is_partition(partition)
        && service == "iam"
        && region.is_empty()
        && (account == "aws" || is_account(account));
    let whole = Some(resource.as_str()).filter(|it| it.starts_with("${"));
    let name = resource.strip_prefix("policy/").or(whole);
    let name = name.filter(|_| is_managed);
    match name.filter(|name| is_name(name, ALSO)) {
        _ if arn.only_parameter().is_some() => Ok(()),
        Some(name) if name.starts_with("aws-service-role/") => Err((
            format!("only an AWS service can use `{}`", excerpt(name)),
            "list another policy".to_owned(),
        )),
        Some(_) => Ok(()),
        None => {
            let shown = arn.to_string();
            let is_short = shown.len() < 64 && !shown.starts_with("arn");
            let name = arn.literal().filter(|name| is_short && is_name(name, ALSO));
            let name = name.unwrap_or("AmazonS3ReadOnlyAccess");
            Err((
                format!(
                    "`\"{}\"` is not the ARN of a managed policy",
                    excerpt(&shown)
                ),
                format!("list its ARN, such as `\"arn:aws:iam::aws:policy/{name}\"`"),
            ))
        }
    }
}

/// The partition of an ARN, such as `aws` or `aws-cn`.
pub(crate) fn partition(arn: &str) -> Option<&str> {
    arn.split(':').nth(1)
}

#[cfg(test)]
mod tests {
    use super::{ParameterText, check};

    #[test]
    fn what_is_not_known_may_be_the_arn_of_a_policy() {
        let is_right = |text: &str| check(&ParameterText::parse(text).expect(text)).is_ok();
        for right in [
            "${PolicyArn}",
            "arn:${Partition}:iam::aws:policy/${Name}",
            "arn:aws:iam::${Account}:${Policy}",
        ] {
            assert!(is_right(right), "{right}");
        }
        for wrong in [
            "${Prefix}/A",
            "arn:aws:iam::$${Account}:policy/A",
            "arn:aws:iam::aws:role/${Name}",
            "arn:${Partition}:iam::aws:policy/aws-service-role/${Name}",
        ] {
            assert!(!is_right(wrong), "{wrong}");
        }
    }
}
