//! What is wrong with a schedule, and where.

use std::fmt;
use std::ops::Range;

/// Not one of `cron(...)`, `rate(...)` and `at(...)`, or not written as one.
pub const FORM: &str = "schedule_form";
/// A field of `cron(...)` that does not hold what it may hold.
pub const FIELD: &str = "schedule_field";
/// Day-of-month and day-of-week, of which exactly one must be `?`.
pub const DAYS: &str = "schedule_days";
/// The period of `rate(...)`.
pub const RATE: &str = "schedule_rate";
/// `at(...)`, which runs once.
pub const AT: &str = "schedule_at";
/// Dates that no calendar has.
pub const NEVER_RUNS: &str = "schedule_never_runs";
/// A time zone that the IANA database does not have.
pub const TIMEZONE: &str = "schedule_timezone";

/// The ids of all rules a [`ScheduleError`] can name.
pub const RULES: &[&str] = &[FORM, FIELD, DAYS, RATE, AT, NEVER_RUNS, TIMEZONE];

/// One thing that is wrong with a schedule expression or a time zone.
///
/// Displays as its message, which says the rule and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    /// The bytes of the text that have to change; inside the text and on
    /// character boundaries. Empty where something is missing.
    pub span: Range<usize>,
    /// The id of the rule, one of [`RULES`].
    pub rule: &'static str,
    /// The rule and the way out, in lower case and without a full stop.
    pub message: String,
}

impl ScheduleError {
    pub(super) fn new(span: Range<usize>, rule: &'static str, message: String) -> Self {
        Self {
            span,
            rule,
            message,
        }
    }
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ScheduleError {}
