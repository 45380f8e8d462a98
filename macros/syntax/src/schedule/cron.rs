//! `cron(minutes hours day-of-month month day-of-week year)`; without a year it
//! is every year.

use std::collections::BTreeSet;
use std::ops::{Range, RangeBounds};

use super::calendar::Month;
use super::days::Days;
use super::error::{Help, Problem, ScheduleError};
use super::field::{DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH, YEAR};
use crate::catalog::{SCHEDULE_DAYS, SCHEDULE_FIELD, SCHEDULE_FORM, SCHEDULE_NEVER_RUNS};
use crate::tokens::excerpt;

/// A checked cron expression. It has at least one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cron {
    /// The times of its runs on each day, in minutes from midnight.
    pub(super) times: BTreeSet<i16>,
    pub(super) days: Days,
    months: BTreeSet<i16>,
    pub(super) years: BTreeSet<i16>,
}

type Part<'a> = (&'a str, Range<usize>);

impl Cron {
    /// Reads what is between the parentheses; `at` is where it starts in the
    /// expression.
    pub(super) fn parse(body: &str, at: usize) -> Result<Self, Vec<ScheduleError>> {
        let parts: Vec<Part<'_>> = body
            .split_ascii_whitespace()
            .map(|text| {
                let start = at + (text.as_ptr().addr() - body.as_ptr().addr());
                (text, start..start + text.len())
            })
            .collect();
        let any_year = ("*", at..at);
        let (minute, hour, day_of_month, month, day_of_week, year) = match parts.as_slice() {
            [a, b, c, d, e] => (a, b, c, d, e, &any_year),
            [a, b, c, d, e, f] => (a, b, c, d, e, f),
            _ => return Err(vec![wrong_count(&parts, at..at + body.len())]),
        };

        let mut errors = Vec::new();
        let minutes = field(&mut errors, minute, |text| MINUTE.parse(text));
        let hours = field(&mut errors, hour, |text| HOUR.parse(text));
        let days = days(&mut errors, day_of_month, day_of_week);
        let months = field(&mut errors, month, |text| MONTH.parse(text));
        let years = field(&mut errors, year, |text| YEAR.parse(text));
        let (Some(minutes), Some(hours), Some(days), Some(months), Some(years)) =
            (minutes, hours, days, months, years)
        else {
            errors.sort_by_key(|error| error.span.start);
            return Err(errors);
        };
        let on_the_hour = |hour: i16| minutes.iter().map(move |minute| hour * 60 + minute);
        let cron = Self {
            times: hours.into_iter().flat_map(on_the_hour).collect(),
            days,
            months,
            years,
        };
        let runs = cron
            .months_in(..)
            .any(|month| cron.days.in_month(month) != 0);
        let never = || vec![never_runs(day_of_month, month, day_of_week, year)];
        runs.then_some(cron).ok_or_else(never)
    }

    /// The months of these years that the expression names.
    pub(super) fn months_in(
        &self,
        years: impl RangeBounds<i16>,
    ) -> impl DoubleEndedIterator<Item = Month> {
        let of_year = |year: &i16| {
            let year = *year;
            self.months
                .iter()
                .map(move |month| Month::new(year, *month))
        };
        self.years.range(years).flat_map(of_year)
    }
}

fn field<T>(
    errors: &mut Vec<ScheduleError>,
    (text, span): &Part<'_>,
    parse: impl Fn(&str) -> Result<T, Vec<Problem>>,
) -> Option<T> {
    let mut problems = match parse(text) {
        Ok(read) => return Some(read),
        Err(problems) => problems,
    };
    let mut respelt = respelt(text).into_iter();
    if let Some(meant) = respelt.find(|meant| parse(meant).is_ok()) {
        problems.truncate(1);
        problems[0].1 = Some(Help::Write(meant));
    }
    let here = |problem| ScheduleError::new(span.clone(), &SCHEDULE_FIELD, problem);
    errors.extend(problems.into_iter().map(here));
    None
}

/// The field as AWS might spell it: in capitals, with hyphens; the letters `L` and `W`
/// after what they belong to, or names of three letters.
fn respelt(text: &str) -> [String; 2] {
    let plain = text.to_uppercase().replace(['–', '—', '−'], "-");
    let letter_last = |letter: char| Some(format!("{}{letter}", plain.strip_prefix(letter)?));
    let moved = ['L', 'W'].into_iter().find_map(letter_last);
    let mut letters = 0;
    let is_kept = |c: &char| {
        letters = if c.is_alphabetic() { letters + 1 } else { 0 };
        letters <= 3
    };
    let short = plain.chars().filter(is_kept).collect();
    [moved.unwrap_or(plain), short]
}

fn days(errors: &mut Vec<ScheduleError>, month: &Part<'_>, week: &Part<'_>) -> Option<Days> {
    let (of_month, of_week) = (DAY_OF_MONTH.name, DAY_OF_WEEK.name);
    let write = |text: &str| Some(Help::Write(text.to_owned()));
    let (part, problem, help) = match (month.0, week.0) {
        ("?", "?") => (
            month,
            format!("{of_month} and {of_week} are both `?`, so no days are specified"),
            write("*"),
        ),
        ("?", _) => return field(errors, week, Days::of_week),
        (_, "?") => return field(errors, month, Days::of_month),
        (_, "*") => (
            week,
            format!("{of_week} must be `?` if {of_month} is set"),
            write("?"),
        ),
        ("*", _) => (
            month,
            format!("{of_month} must be `?` if {of_week} is set"),
            write("?"),
        ),
        _ => (
            week,
            format!("{of_month} and {of_week} are both set, but only one can be"),
            Some(Help::Advice(format!(
                "write `?` for {of_month} or for {of_week}"
            ))),
        ),
    };
    errors.push(ScheduleError::new(
        part.1.clone(),
        &SCHEDULE_DAYS,
        (problem, help),
    ));
    // What the fields contain may be wrong as well.
    if month.0 != "?" {
        field(errors, month, Days::of_month);
    }
    if week.0 != "?" {
        field(errors, week, Days::of_week);
    }
    None
}

fn wrong_count(parts: &[Part<'_>], span: Range<usize>) -> ScheduleError {
    let problem = format!(
        "`cron(…)` has {} fields, but needs minute, hour, day-of-month, month, day-of-week and an optional year",
        parts.len()
    );
    let without_seconds = (parts.len() == 7).then(|| {
        let fields: Vec<_> = parts[1..].iter().map(|(text, _)| *text).collect();
        Help::Write(fields.join(" "))
    });
    ScheduleError::new(span, &SCHEDULE_FORM, (problem, without_seconds))
}

fn never_runs(
    days: &Part<'_>,
    month: &Part<'_>,
    week: &Part<'_>,
    year: &Part<'_>,
) -> ScheduleError {
    let (which, part) = match days.0 {
        "?" => (DAY_OF_WEEK.name, week),
        _ => (DAY_OF_MONTH.name, days),
    };
    let problem = format!(
        "the schedule never runs: no date has {which} `{}`, month `{}` and year `{}`",
        excerpt(part.0),
        excerpt(month.0),
        excerpt(year.0)
    );
    let help = Help::Advice(format!(
        "write `L` as {} for the last day of each month",
        DAY_OF_MONTH.name
    ));
    let span = days.1.start..week.1.end.max(year.1.end);
    ScheduleError::new(span, &SCHEDULE_NEVER_RUNS, (problem, Some(help)))
}
