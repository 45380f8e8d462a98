//! `cron(minutes hours day-of-month month day-of-week year)`; without a year it
//! is every year.

use std::collections::BTreeSet;
use std::ops::RangeBounds;

use super::calendar::Month;
use super::days::Days;
use super::error::{Help, ScheduleError};
use super::field::{DAY_OF_MONTH, DAY_OF_WEEK, Field, HOUR, MINUTE, MONTH, YEAR};
use crate::catalog::{SCHEDULE_DAYS, SCHEDULE_FORM, SCHEDULE_NEVER_RUNS};
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

impl Cron {
    /// Reads what is between the parentheses.
    pub(super) fn parse(body: &str) -> Result<Self, Vec<ScheduleError>> {
        let texts: Vec<&str> = body.split_ascii_whitespace().collect();
        let texts = match texts[..] {
            [a, b, c, d, e] => [a, b, c, d, e, "*"],
            [a, b, c, d, e, f] => [a, b, c, d, e, f],
            _ => return Err(wrong_count(&texts).into()),
        };
        let mut fields = Fields {
            texts,
            errors: Vec::new(),
        };
        let minutes = fields.values(&MINUTE);
        let hours = fields.values(&HOUR);
        let days = fields.days();
        let months = fields.values(&MONTH);
        let years = fields.values(&YEAR);
        let (Some(minutes), Some(hours), Some(days), Some(months), Some(years)) =
            (minutes, hours, days, months, years)
        else {
            fields.errors.sort_by_key(|error| error.field);
            return Err(fields.errors);
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
            .any(|month| cron.days.in_month(Month::of(month)) != 0);
        runs.then_some(cron).ok_or_else(|| never_runs(texts).into())
    }

    /// The months of these years that the expression names: year and number.
    pub(super) fn months_in(
        &self,
        years: impl RangeBounds<i16>,
    ) -> impl DoubleEndedIterator<Item = (i16, i16)> {
        let of_year = |year: &i16| {
            let year = *year;
            self.months.iter().map(move |month| (year, *month))
        };
        self.years.range(years).flat_map(of_year)
    }
}

/// The fields of an expression, and what is wrong with those that were read.
struct Fields<'a> {
    texts: [&'a str; 6],
    errors: Vec<ScheduleError>,
}

impl Fields<'_> {
    fn values(&mut self, field: &Field) -> Option<BTreeSet<i16>> {
        self.read(field, |text| field.parse(text))
    }

    fn read<T>(
        &mut self,
        field: &Field,
        parse: impl Fn(&str) -> Result<T, Vec<ScheduleError>>,
    ) -> Option<T> {
        let text = self.texts[field.place];
        let mut errors = match parse(text) {
            Ok(read) => return Some(read),
            Err(errors) => errors,
        };
        let mut respelt = respelt(text).into_iter();
        if let Some(meant) = respelt.find(|meant| parse(meant).is_ok()) {
            errors.truncate(1);
            errors[0].help = Some(Help::Write(meant));
        }
        self.errors.extend(errors);
        None
    }

    fn days(&mut self) -> Option<Days> {
        let (of_month, of_week) = (DAY_OF_MONTH.name, DAY_OF_WEEK.name);
        let (month, week) = (
            self.texts[DAY_OF_MONTH.place],
            self.texts[DAY_OF_WEEK.place],
        );
        let write = |text: &str| Help::Write(text.to_owned());
        let (field, problem, help) = match (month, week) {
            ("?", "?") => (
                &DAY_OF_MONTH,
                format!("{of_month} and {of_week} are both `?`, so no days are specified"),
                write("*"),
            ),
            ("?", _) => return self.read(&DAY_OF_WEEK, Days::of_week),
            (_, "?") => return self.read(&DAY_OF_MONTH, Days::of_month),
            (_, "*") => (
                &DAY_OF_WEEK,
                format!("{of_week} must be `?` if {of_month} is set"),
                write("?"),
            ),
            ("*", _) => (
                &DAY_OF_MONTH,
                format!("{of_month} must be `?` if {of_week} is set"),
                write("?"),
            ),
            _ => (
                &DAY_OF_WEEK,
                format!("{of_month} and {of_week} are both set, but only one can be"),
                Help::Advice(format!("write `?` for {of_month} or for {of_week}")),
            ),
        };
        self.errors.push(ScheduleError {
            field: Some(field.place),
            ..ScheduleError::new(&SCHEDULE_DAYS, problem, Some(help))
        });
        // What the fields contain may be wrong as well.
        if month != "?" {
            self.read(&DAY_OF_MONTH, Days::of_month);
        }
        if week != "?" {
            self.read(&DAY_OF_WEEK, Days::of_week);
        }
        None
    }
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

fn wrong_count(texts: &[&str]) -> ScheduleError {
    let problem = format!(
        "`cron(…)` has {} fields, but needs minute, hour, day-of-month, month, day-of-week and an optional year",
        texts.len()
    );
    let without_seconds = match texts {
        [_, fields @ ..] if fields.len() == 6 => {
            Some(Help::Write(format!("cron({})", fields.join(" "))))
        }
        _ => None,
    };
    ScheduleError::new(&SCHEDULE_FORM, problem, without_seconds)
}

fn never_runs([_, _, days, month, week, year]: [&str; 6]) -> ScheduleError {
    let (which, text) = match days {
        "?" => (DAY_OF_WEEK.name, week),
        _ => (DAY_OF_MONTH.name, days),
    };
    let problem = format!(
        "the schedule never runs: no date has {which} `{}`, month `{}` and year `{}`",
        excerpt(text),
        excerpt(month),
        excerpt(year)
    );
    let help = "write `L` as day-of-month for the last day of each month".to_owned();
    ScheduleError::new(&SCHEDULE_NEVER_RUNS, problem, Some(Help::Advice(help)))
}
