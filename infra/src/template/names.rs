//! Logical ids: the function's name in Pascal case and the part it names.

use redrive_syntax::Function;

/// A resource or output that each function has, or may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Queue,
    QueuePolicy,
    QueueAgeAlarm,
    QueueUrl,
    QueueArn,
    Dlq,
    DlqPolicy,
    DlqAlarm,
    DlqUrl,
    DlqArn,
    Worker,
    WorkerRole,
    WorkerLogs,
    WorkerAlarm,
    WorkerName,
    EventSourceMapping,
    Redrive,
    RedriveRole,
    RedriveLogs,
    RedriveAlarm,
    RedriveName,
    RedriveInvokeConfig,
    Schedule,
    ScheduleRole,
}

impl Part {
    #[cfg(test)]
    const ALL: [Self; 24] = [
        Self::Queue,
        Self::QueuePolicy,
        Self::QueueAgeAlarm,
        Self::QueueUrl,
        Self::QueueArn,
        Self::Dlq,
        Self::DlqPolicy,
        Self::DlqAlarm,
        Self::DlqUrl,
        Self::DlqArn,
        Self::Worker,
        Self::WorkerRole,
        Self::WorkerLogs,
        Self::WorkerAlarm,
        Self::WorkerName,
        Self::EventSourceMapping,
        Self::Redrive,
        Self::RedriveRole,
        Self::RedriveLogs,
        Self::RedriveAlarm,
        Self::RedriveName,
        Self::RedriveInvokeConfig,
        Self::Schedule,
        Self::ScheduleRole,
    ];
}

/// The parts that exist once in a stack.
pub(super) mod shared {
    pub(in crate::template) const NAME_PREFIX: &str = "NamePrefix";
    pub(in crate::template) const ALARM_TOPIC: &str = "AlarmTopicArn";
    pub(in crate::template) const LOG_RETENTION: &str = "LogRetentionDays";
    pub(in crate::template) const HAS_ALARM_TOPIC: &str = "HasAlarmTopic";
    pub(crate) const FAILURES: &str = "FailedRedrives";
    pub(in crate::template) const FAILURES_POLICY: &str = "FailedRedrivesPolicy";
    pub(in crate::template) const FAILURES_ALARM: &str = "FailedRedrivesAlarm";
    pub(in crate::template) const FAILURES_URL: &str = "FailedRedrivesUrl";
}

/// The logical ids of one function's parts.
///
/// They depend on the function's name alone: what is added beside a function
/// must not rename its resources, for CloudFormation would replace them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Ids {
    prefix: String,
}

impl Ids {
    pub(crate) fn new(function: &Function) -> Self {
        Self {
            prefix: pascal(&function.name),
        }
    }

    /// The id of a part.
    pub(crate) fn of(&self, part: Part) -> String {
        format!("{}{part:?}", self.prefix)
    }
}

/// `process_order` as `ProcessOrder`; logical ids are ASCII letters and digits.
fn pascal(name: &str) -> String {
    let mut pascal = String::new();
    let mut start = true;
    for character in name.chars() {
        if !character.is_ascii_alphanumeric() {
            start = true;
        } else if start {
            pascal.push(character.to_ascii_uppercase());
            start = false;
        } else {
            pascal.push(character);
        }
    }
    pascal
}

#[cfg(test)]
mod tests {
    use super::{Part, pascal, shared};

    #[test]
    fn pascal_case_has_letters_and_digits_only() {
        assert_eq!(pascal("process_order"), "ProcessOrder");
        assert_eq!(pascal("orders_2nd"), "Orders2nd");
        assert_eq!(pascal("_x__y"), "XY");
    }

    /// So an id tells its function: two are equal only if both the function's
    /// prefix and the part are.
    #[test]
    fn no_part_is_the_end_of_another_or_of_a_shared_id() {
        let parts = Part::ALL.map(|part| format!("{part:?}"));
        let shared = [
            shared::NAME_PREFIX,
            shared::ALARM_TOPIC,
            shared::LOG_RETENTION,
            shared::FAILURES,
            shared::FAILURES_POLICY,
            shared::FAILURES_ALARM,
            shared::FAILURES_URL,
        ];
        for part in &parts {
            let clashes = |id: &str| id != part && id.ends_with(part.as_str());
            assert!(!parts.iter().any(|other| clashes(other)), "{part}");
            assert!(!shared.into_iter().any(clashes), "{part}");
        }
    }
}
