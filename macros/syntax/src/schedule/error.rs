//! What is wrong with a schedule.

use crate::catalog::Rule;

/// One problem of a schedule expression or a time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    /// The broken rule.
    pub rule: &'static Rule,
    /// The problem, in lower case and without a full stop.
    pub problem: String,
    /// What to do; `None` if only an example can show it.
    pub help: Option<Help>,
    /// The place of the field of `cron(…)` that is wrong; `None` for the whole text.
    pub field: Option<usize>,
}

/// What to do about a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Help {
    /// Write this, in the place of the whole text.
    Write(String),
    /// What only a person can write.
    Advice(String),
}

impl ScheduleError {
    pub(super) fn new(rule: &'static Rule, problem: impl Into<String>, help: Option<Help>) -> Self {
        Self {
            rule,
            problem: problem.into(),
            help,
            field: None,
        }
    }
}

impl From<ScheduleError> for Vec<ScheduleError> {
    fn from(error: ScheduleError) -> Self {
        vec![error]
    }
}
