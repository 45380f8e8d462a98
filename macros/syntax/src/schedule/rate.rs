//! `rate(value unit)`.

use std::ops::Range;
use std::time::Duration;

use super::error::ScheduleError;
use super::field::is_number;
use crate::catalog::SCHEDULE_RATE;

/// Each unit for one and for many, with its minutes.
const UNITS: [(&str, &str, u64); 3] = [
    ("minute", "minutes", 1),
    ("hour", "hours", 60),
    ("day", "days", 24 * 60),
];

/// Longer periods are mistakes, and would overflow calendars.
const LONGEST_MINUTES: u64 = 100 * 365 * 24 * 60;

/// What stands between the parentheses, of which `span` is the place in the
/// expression.
pub(super) fn parse(body: &str, span: Range<usize>) -> Result<Duration, Vec<ScheduleError>> {
    period(body)
        .map(|minutes| Duration::from_secs(minutes * 60))
        .map_err(|message| vec![ScheduleError::new(span, &SCHEDULE_RATE, message)])
}

fn period(body: &str) -> Result<u64, String> {
    let mut words = body.split_ascii_whitespace();
    let (Some(value), Some(unit), None) = (words.next(), words.next(), words.next()) else {
        return Err(format!(
            "rate holds `{body}`, but takes a whole number, a space and a unit, such as `rate(12 hours)`"
        ));
    };
    if !is_number(value) || value.bytes().all(|digit| digit == b'0') {
        return Err(format!(
            "rate holds the value `{value}`, but takes a whole number from 1, such as `rate(12 hours)`"
        ));
    }
    let one = value.trim_start_matches('0') == "1";
    let minutes = unit_minutes(value, unit, one)?;
    value
        .parse::<u64>()
        .ok()
        .and_then(|value| value.checked_mul(minutes))
        .filter(|minutes| *minutes <= LONGEST_MINUTES)
        .ok_or_else(|| format!("rate holds `{body}`, which is longer than 100 years"))
}

fn unit_minutes(value: &str, unit: &str, one: bool) -> Result<u64, String> {
    let spelled = |(single, many, _): (&'static str, &'static str, u64)| match one {
        true => single,
        false => many,
    };
    if let Some(known) = UNITS
        .into_iter()
        .find(|(single, many, _)| unit == *single || unit == *many)
    {
        return match spelled(known) {
            right if right == unit => Ok(known.2),
            right => Err(format!(
                "rate holds `{value} {unit}`, but the unit of {value} is `{right}`; write `rate({value} {right})`"
            )),
        };
    }
    let hint = match unit.to_ascii_lowercase().trim_end_matches('s') {
        "second" | "sec" => "; a minute is the shortest period".to_owned(),
        "week" => format!(
            "; write weeks as days, such as `rate({} days)`",
            value
                .parse::<u64>()
                .map_or(7, |weeks| weeks.saturating_mul(7))
        ),
        lower => nearest(lower)
            .map(|near| format!("; did you mean `rate({value} {})`?", spelled(near)))
            .unwrap_or_default(),
    };
    Err(format!(
        "rate holds the unit `{unit}`, but takes minute(s), hour(s) or day(s){hint}"
    ))
}

fn nearest(unit: &str) -> Option<(&'static str, &'static str, u64)> {
    let abbreviated = || {
        UNITS
            .into_iter()
            .find(|(single, ..)| !unit.is_empty() && single.starts_with(unit))
    };
    UNITS
        .into_iter()
        .find(|(single, ..)| strsim::damerau_levenshtein(single, unit) <= 2)
        .or_else(abbreviated)
        .or_else(|| (unit == "hr").then_some(UNITS[1]))
}
