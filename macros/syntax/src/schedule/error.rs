//! What is wrong with a schedule, and where.

use std::fmt;
use std::ops::Range;

use crate::catalog::Rule;

/// One thing that is wrong with a schedule expression or a time zone.
///
/// Displays as its message, which says the rule and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    /// The bytes of the text that have to change; inside the text and on
    /// character boundaries. Empty where something is missing.
    pub span: Range<usize>,
    /// The broken rule.
    pub rule: &'static Rule,
    /// The rule and the way out, in lower case and without a full stop.
    pub message: String,
}

impl ScheduleError {
    pub(super) fn new(span: Range<usize>, rule: &'static Rule, message: String) -> Self {
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
