//! What is wrong with a schedule, and where.

use std::ops::Range;

use crate::catalog::Rule;

/// One problem of a schedule expression or a time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    /// The bytes of the text that have to change; inside the text and on
    /// character boundaries. Empty where something is missing.
    pub span: Range<usize>,
    /// The broken rule.
    pub rule: &'static Rule,
    /// The problem, in lower case and without a full stop.
    pub problem: String,
    /// What to do; `None` if only an example can show it.
    pub help: Option<Help>,
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
    pub(super) fn new(span: Range<usize>, rule: &'static Rule, problem: Problem) -> Self {
        let (problem, help) = problem;
        Self {
            span,
            rule,
            problem,
            help,
        }
    }
}

/// A problem of a part of a text, with the help for that part.
pub(super) type Problem = (String, Option<Help>);
