//! Logical ids: the function's name in Pascal case and the part it names.

use std::collections::BTreeSet;

use crate::stack::Stack;

/// A resource or output that each function has, or may have.
#[derive(Clone, Copy, Debug)]
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

    pub(super) const ALL: [&str; 8] = [
        NAME_PREFIX,
        ALARM_TOPIC,
        LOG_RETENTION,
        HAS_ALARM_TOPIC,
        FAILURES,
        FAILURES_POLICY,
        FAILURES_ALARM,
        FAILURES_URL,
    ];
}

/// The logical ids of one function's parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    prefix: String,
}

impl Ids {
    /// The id of a part.
    pub(crate) fn of(&self, part: Part) -> String {
        format!("{}{part:?}", self.prefix)
    }
}

/// The ids of each function of `stack`, in its order; no two parts share one.
///
/// A function gets the plain name; one that would clash with an earlier one
/// gets its binary's name in front, and then a number.
pub(crate) fn assign(stack: &Stack) -> Vec<Ids> {
    let mut taken: BTreeSet<String> = shared::ALL.map(str::to_owned).into();
    let mut all = Vec::new();
    for entry in &stack.functions {
        let name = pascal(&entry.function.name);
        let longer = format!("{}{name}", pascal(&entry.binary));
        let numbered = (2_u32..).map(|number| format!("{longer}{number}"));
        let free = [name, longer.clone()]
            .into_iter()
            .chain(numbered)
            .find_map(|prefix| {
                let ids = Ids { prefix };
                let parts = Part::ALL.map(|part| ids.of(part));
                (!parts.iter().any(|id| taken.contains(id))).then_some((ids, parts))
            });
        // The numbers do not end before one is free.
        if let Some((ids, parts)) = free {
            taken.extend(parts);
            all.push(ids);
        }
    }
    all
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
    use super::{Part, assign, pascal};
    use crate::sample;

    fn prefixes(functions: &[(&str, &str)]) -> Vec<String> {
        let entries = functions.iter().map(|(binary, name)| {
            let mut entry = sample::entry(binary);
            entry.function.name = (*name).to_owned();
            entry
        });
        assign(&sample::stack(entries))
            .into_iter()
            .map(|ids| ids.prefix)
            .collect()
    }

    #[test]
    fn pascal_case_has_letters_and_digits_only() {
        assert_eq!(pascal("process_order"), "ProcessOrder");
        assert_eq!(pascal("orders-2nd"), "Orders2nd");
        assert_eq!(pascal("_x__y"), "XY");
    }

    #[test]
    fn one_name_in_two_binaries_gets_the_binary_in_front() {
        assert_eq!(
            prefixes(&[("a", "handle"), ("b", "handle")]),
            ["Handle", "BHandle"]
        );
    }

    #[test]
    fn names_that_differ_in_underscores_only_do_not_clash() {
        let got = prefixes(&[("a", "x_y"), ("a", "x__y"), ("a", "x_y_")]);
        assert_eq!(got, ["XY", "AXY", "AXY2"]);
    }

    #[test]
    fn a_part_of_one_function_is_no_part_of_another() {
        let names = [
            "order",
            "order_queue",
            "order_dlq",
            "order_worker",
            "order_redrive",
            "order_schedule",
        ];
        let stack = sample::stack(names.map(sample::entry));
        let mut ids: Vec<_> = assign(&stack)
            .iter()
            .flat_map(|ids| Part::ALL.map(|part| ids.of(part)))
            .collect();
        let all = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn parts_have_different_ids() {
        let mut ids = Part::ALL.map(|part| format!("{part:?}")).to_vec();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), Part::ALL.len());
    }

    #[test]
    fn shared_parts_are_taken() {
        assert_eq!(prefixes(&[("jobs", "failed_redrives")]), ["FailedRedrives"]);
        assert_eq!(prefixes(&[("jobs", "worker")]), ["Worker"]);
    }
}
