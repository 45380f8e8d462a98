//! `cron(minutes hours day-of-month month day-of-week year)`; without a year it
//! is every year.

use std::ops::Range;

use super::calendar::{FIRST_YEAR, LAST_YEAR, Month, Year};
use super::days::Days;
use super::error::ScheduleError;
use super::field::{DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH, YEAR};
use super::set::Set;
use crate::catalog::{SCHEDULE_DAYS, SCHEDULE_FIELD, SCHEDULE_FORM, SCHEDULE_NEVER_RUNS};

/// A checked cron expression. It has at least one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cron {
    pub(super) minutes: Set,
    pub(super) hours: Set,
    days: Days,
    months: Set,
    /// Counted from [`FIRST_YEAR`].
    years: Set,
}

type Part<'a> = (&'a str, Range<usize>);

impl Cron {
    /// What stands between the parentheses; `at` is where it starts in the
    /// expression.
    pub(super) fn parse(body: &str, at: usize) -> Result<Self, Vec<ScheduleError>> {
        let parts: Vec<Part<'_>> = body
            .split_ascii_whitespace()
            .map(|text| {
                let start = at + (text.as_ptr().addr() - body.as_ptr().addr());
                (text, start..start + text.len())
            })
            .collect();
        let (minute, hour, day_of_month, month, day_of_week, year) = match parts.as_slice() {
            [a, b, c, d, e] => (a, b, c, d, e, &("*", at..at)),
            [a, b, c, d, e, f] => (a, b, c, d, e, f),
            _ => return Err(vec![wrong_count(parts.len(), at..at + body.len())]),
        };

        let mut errors = Vec::new();
        let minutes = field(&mut errors, MINUTE.name, minute, |text| MINUTE.parse(text));
        let hours = field(&mut errors, HOUR.name, hour, |text| HOUR.parse(text));
        let days = days(&mut errors, day_of_month, day_of_week);
        let months = field(&mut errors, MONTH.name, month, |text| MONTH.parse(text));
        let years = field(&mut errors, YEAR.name, year, |text| YEAR.parse(text));
        let (Some(minutes), Some(hours), Some(days), Some(months), Some(years)) =
            (minutes, hours, days, months, years)
        else {
            errors.sort_by_key(|error| error.span.start);
            return Err(errors);
        };
        let cron = Self {
            minutes,
            hours,
            days,
            months,
            years,
        };
        if !cron.has_a_run() {
            return Err(vec![never_runs(day_of_month, month, day_of_week, year)]);
        }
        Ok(cron)
    }

    /// The days it runs on, each as the bit of its number.
    pub(super) fn days_in(&self, month: &Month) -> u32 {
        let runs = self.months.contains(u16::from(month.number)) && self.runs_in(month.year);
        if runs { self.days.in_month(month) } else { 0 }
    }

    /// Whether the year field has a year; all others have no run.
    pub(super) fn runs_in(&self, year: i16) -> bool {
        (FIRST_YEAR..=LAST_YEAR).contains(&year) && self.years.contains(year_index(year))
    }

    fn has_a_run(&self) -> bool {
        Year::all()
            .filter(|year| self.runs_in(year.number))
            .flat_map(|year| year.months())
            .any(|month| self.days_in(&month) != 0)
    }
}

fn year_index(year: i16) -> u16 {
    (year - FIRST_YEAR) as u16
}

fn field<T>(
    errors: &mut Vec<ScheduleError>,
    name: &str,
    (text, span): &Part<'_>,
    parse: impl Fn(&str) -> Result<T, Vec<String>>,
) -> Option<T> {
    let messages = match parse(text) {
        Ok(read) => return Some(read),
        Err(messages) => messages,
    };
    let messages = match respelt(text).filter(|meant| parse(meant).is_ok()) {
        Some(meant) => vec![format!(
            "the {name} field holds `{text}`; did you mean `{meant}`?"
        )],
        None => messages,
    };
    let errors_here = messages
        .into_iter()
        .map(|message| ScheduleError::new(span.clone(), &SCHEDULE_FIELD, message));
    errors.extend(errors_here);
    None
}

/// The field as AWS might spell it: in capitals, with hyphens, and the letters
/// `L` and `W` behind what they belong to.
fn respelt(text: &str) -> Option<String> {
    let plain = text.to_uppercase().replace(['–', '—', '−'], "-");
    let first = plain.chars().next()?;
    let meant = match (first, plain.get(1..)) {
        ('L', Some(rest)) if !rest.is_empty() && rest != "W" => format!("{rest}L"),
        ('W', Some("L")) => "LW".to_owned(),
        ('W', Some(rest)) if !rest.starts_with('E') => format!("{rest}W"),
        _ => plain,
    };
    (meant != text).then_some(meant)
}

fn days(errors: &mut Vec<ScheduleError>, month: &Part<'_>, week: &Part<'_>) -> Option<Days> {
    let mut unclear = |span: &Range<usize>, message: String| {
        errors.push(ScheduleError::new(span.clone(), &SCHEDULE_DAYS, message));
    };
    let (of_month, of_week) = (DAY_OF_MONTH.name, DAY_OF_WEEK.name);
    match (month.0, week.0) {
        ("?", "?") => unclear(
            &week.1,
            format!(
                "{of_month} and {of_week} are both `?`, but one of them must say which days; write `*` for {of_month} to run every day"
            ),
        ),
        ("?", _) => return field(errors, of_week, week, Days::of_week),
        (_, "?") => return field(errors, of_month, month, Days::of_month),
        (_, "*") => unclear(
            &week.1,
            format!(
                "{of_week} is `*`, but must be `?` when {of_month} is set; write `?` for {of_week}"
            ),
        ),
        ("*", _) => unclear(
            &month.1,
            format!(
                "{of_month} is `*`, but must be `?` when {of_week} is set; write `?` for {of_month}"
            ),
        ),
        (days, weekdays) => unclear(
            &week.1,
            format!(
                "{of_month} (`{days}`) and {of_week} (`{weekdays}`) are both set, but only one can be; write `?` for the other"
            ),
        ),
    }
    // What the fields hold may be wrong as well.
    if month.0 != "?" {
        field(errors, of_month, month, Days::of_month);
    }
    if week.0 != "?" {
        field(errors, of_week, week, Days::of_week);
    }
    None
}

fn wrong_count(count: usize, span: Range<usize>) -> ScheduleError {
    let message = format!(
        "cron takes 5 fields and an optional year, separated by spaces, but this has {count}: minute hour day-of-month month day-of-week year, such as `cron(0 23 ? * SUN-THU *)`{}",
        match count {
            7 => "; it has no field for seconds",
            _ => "",
        }
    );
    ScheduleError::new(span, &SCHEDULE_FORM, message)
}

fn never_runs(
    days: &Part<'_>,
    month: &Part<'_>,
    week: &Part<'_>,
    year: &Part<'_>,
) -> ScheduleError {
    let of_year = match year.0 {
        "*" => String::new(),
        year => format!(", year `{year}`"),
    };
    let (which, part) = match days.0 {
        "?" => (DAY_OF_WEEK.name, week),
        _ => (DAY_OF_MONTH.name, days),
    };
    let message = format!(
        "this schedule never runs: no date has {which} `{}`, month `{}`{of_year}; `L` is the last day of any month",
        part.0, month.0
    );
    ScheduleError::new(
        days.1.start..week.1.end.max(year.1.end),
        &SCHEDULE_NEVER_RUNS,
        message,
    )
}
