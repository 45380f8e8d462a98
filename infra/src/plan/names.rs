//! Logical ids: the function's name in Pascal case and the part it names.

use redrive_syntax::Function;

use super::Part;

/// The parts that exist once in a stack.
pub(crate) mod shared {
    pub(crate) const NAME_PREFIX: &str = "NamePrefix";
    pub(crate) const ALARM_TOPIC: &str = "AlarmTopicArn";
    pub(crate) const ROLE_PATH: &str = "RolePath";
    pub(crate) const BOUNDARY: &str = "PermissionsBoundaryArn";
    pub(crate) const SUBNETS: &str = "VpcSubnetIds";
    pub(crate) const SECURITY_GROUPS: &str = "VpcSecurityGroupIds";
    pub(crate) const LOG_RETENTION: &str = "LogRetentionDays";
    pub(crate) const DASHBOARD: &str = "Dashboard";
    pub(crate) const FAILURES: &str = "FailedRedrives";
    pub(crate) const FAILURES_POLICY: &str = "FailedRedrivesPolicy";
    pub(crate) const FAILURES_ALARM: &str = "FailedRedrivesAlarm";
    pub(crate) const IDEMPOTENCY_TABLE: &str = "IdempotencyTable";
    pub(crate) const IDEMPOTENCY_TABLE_NAME: &str = "IdempotencyTableName";
    pub(crate) const FAILURES_URL: &str = "FailedRedrivesUrl";
}

/// The logical id of a part of the function.
///
/// It depends on the function's name alone: another function in the package must
/// not change it, because CloudFormation would replace the resource.
pub(crate) fn id(function: &Function, part: Part) -> String {
    format!("{}{part:?}", pascal(&function.name))
}

/// `process_order` as `ProcessOrder`; logical ids are ASCII letters and digits.
pub(crate) fn pascal(name: &str) -> String {
    let words = name.split(|character: char| !character.is_ascii_alphanumeric());
    words
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::pascal;
    use crate::plan;
    use crate::tests::sample;

    #[test]
    fn pascal_case_has_letters_and_digits_only() {
        assert_eq!(pascal("process_order"), "ProcessOrder");
        assert_eq!(pascal("orders_2nd"), "Orders2nd");
        assert_eq!(pascal("_x__y"), "XY");
    }

    /// Otherwise functions of different names could have resources of one id.
    #[test]
    fn no_part_is_the_end_of_another_or_of_a_shared_id() {
        let redriven = sample::with("f", quote!(dlq_redrive = "rate(1 day)"));
        let plan = plan::of(&sample::stack([redriven]));
        let resources = plan.resources.into_iter().map(|resource| resource.id);
        let outputs = plan.outputs.into_iter().map(|output| output.id);
        let parameters = plan.parameters.into_iter().map(|it| it.name);
        let ids: Vec<_> = resources.chain(outputs).chain(parameters).collect();
        for part in ids.iter().filter_map(|id| id.strip_prefix('F')) {
            let clashes = |id: &&String| id.ends_with(part) && id[1..] != *part;
            assert_eq!(ids.iter().find(clashes), None, "{part}");
        }
    }
}
