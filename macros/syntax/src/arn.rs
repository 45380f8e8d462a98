//! ARNs: `arn:<partition>:<service>:<region>:<account>:<resource>`.

use crate::parameter_text::{ParameterText, Part};

/// The six parts of an ARN, in which parameters are `${Name}`; `None` if it is not one.
pub(crate) fn parts(arn: &ParameterText) -> Option<[String; 6]> {
    let is_escaped = |part: &Part| matches!(part, Part::Literal(text) if text.contains("${"));
    let shown = arn.with(|parameter| format!("${{{}}}", parameter.name));
    let parts = shown.splitn(6, ':').map(str::to_owned);
    let parts = <[String; 6]>::try_from(parts.collect::<Vec<_>>()).ok();
    parts.filter(|parts| parts[0] == "arn" && !arn.parts().iter().any(is_escaped))
}

/// Why this is not an ARN of the service in a region and an account, as far as it is
/// known.
pub(crate) fn problem(text: &ParameterText, service: &str) -> Option<String> {
    let Some([_, partition, its_service, region, account, _]) = parts(text) else {
        return Some("an ARN has six parts, separated by colons".to_owned());
    };
    Some(match () {
        () if its_service != service => format!("its service is `{its_service}`"),
        () if !is_partition(&partition) => {
            format!("`{partition}` is not a partition, such as `aws`")
        }
        () if region.is_empty() => "its region is missing".to_owned(),
        () if !is_region(&region) => format!("`{region}` is not a region, such as `eu-west-1`"),
        () if account.is_empty() => "its account is missing".to_owned(),
        () if !is_account(&account) => {
            format!("`{account}` is not an account, which has 12 digits")
        }
        () => return None,
    })
}

/// Whether the value of this part is not known.
fn is_parameter(part: &str) -> bool {
    part.contains("${")
}

/// `aws`, or a partition such as `aws-cn`, as far as it is known.
pub(crate) fn is_partition(text: &str) -> bool {
    let mut words = text.split('-');
    is_parameter(text) || words.next() == Some("aws") && words.all(is_lower)
}

/// A region such as `eu-west-1` or `us-gov-east-1`, as far as it is known.
fn is_region(text: &str) -> bool {
    let mut words = text.rsplit('-');
    let number = words.next().unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_parameter(text) || is_number && words.clone().count() > 1 && words.all(is_lower)
}

fn is_lower(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The id of an account, as far as it is known.
pub(crate) fn is_account(text: &str) -> bool {
    is_parameter(text) || text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a name has letters, digits, these characters and parameters alone.
pub(crate) fn is_name(text: &str, also: &str) -> bool {
    let plain = text.replace("${", "").replace('}', "");
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || also.contains(c);
    !plain.is_empty() && plain.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::{ParameterText, is_partition, is_region, problem};

    #[test]
    fn partitions_and_regions_have_their_form() {
        for partition in ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"] {
            assert!(is_partition(partition), "{partition}");
        }
        for wrong in ["", "awss", "aws-", "aws--cn", "AWS", "amazon", "aws-1"] {
            assert!(!is_partition(wrong), "{wrong}");
        }
        for region in [
            "eu-west-1",
            "us-gov-east-1",
            "ap-southeast-12",
            "eusc-de-east-1",
        ] {
            assert!(is_region(region), "{region}");
        }
        for wrong in [
            "",
            "eu",
            "eu-west",
            "eu-1",
            "EU-WEST-1",
            "123456789012",
            "eu--1",
        ] {
            assert!(!is_region(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_first_wrong_part_is_named() {
        let problem = |text: &str| problem(&ParameterText::parse(text).expect(text), "sqs");
        for right in [
            "arn:aws:sqs:eu-west-1:123456789012:orders",
            "arn:${Partition}:sqs:${Region}:${Account}:orders",
            "arn:aws:sqs:eu-west-1:123456789012:",
        ] {
            assert_eq!(problem(right), None, "{right}");
        }
        for (wrong, words) in [
            ("arn:aws:sqs:eu-west-1:123456789012", "six parts"),
            ("orders:aws:sqs:eu-west-1:123456789012:o", "six parts"),
            (
                "arn:aws:sns:eu-west-1:123456789012:o",
                "its service is `sns`",
            ),
            (
                "arn:awss:sqs:eu-west-1:123456789012:o",
                "`awss` is not a part",
            ),
            ("arn:aws:sqs::123456789012:o", "its region is missing"),
            (
                "arn:aws:sqs:123456789012:eu-west-1:o",
                "`123456789012` is not a region",
            ),
            ("arn:aws:sqs:eu-west-1::o", "its account is missing"),
            ("arn:aws:sqs:eu-west-1:12345:o", "`12345` is not an account"),
        ] {
            let found = problem(wrong).expect(wrong);
            assert!(found.contains(words), "{wrong}: {found}");
        }
    }
}
