//! `rate(value unit)`.

use std::time::Duration;

use super::error::{Help, ScheduleError};
use super::field::is_number;
use crate::catalog::SCHEDULE_RATE;
use crate::tokens::excerpt;

/// Each unit with its minutes.
const UNITS: [(&str, u64); 3] = [("minute", 1), ("hour", 60), ("day", 24 * 60)];

/// Longer periods are mistakes, and would overflow calendars.
const LONGEST_MINUTES: u64 = 100 * 365 * 24 * 60;

/// Reads what is between the parentheses.
pub(super) fn parse(body: &str) -> Result<Duration, ScheduleError> {
    let refuse = |problem, help| Err(ScheduleError::new(&SCHEDULE_RATE, problem, help));
    let words: Vec<_> = body.split_ascii_whitespace().collect();
    let (value, unit) = match words[..] {
        [value, unit] if is_number(value) => (value, unit),
        _ => {
            let problem = format!(
                "`rate({})` is not a whole number, a space and a unit",
                excerpt(body)
            );
            return refuse(problem, None);
        }
    };
    let minutes = |unit: u64| value.parse::<u64>().ok()?.checked_mul(unit);
    let in_range = |minutes: &u64| (1..=LONGEST_MINUTES).contains(minutes);
    let read = minutes_of(unit).and_then(minutes);
    if read.is_some_and(|minutes| !in_range(&minutes)) || minutes(1).is_none() {
        let problem = format!(
            "the rate is {}, but must be from 1 minute to 100 years",
            excerpt(body)
        );
        return refuse(problem, None);
    }
    let is_one = value.trim_start_matches('0') == "1";
    match read {
        Some(minutes) if unit.ends_with('s') != is_one => Ok(Duration::from_secs(minutes * 60)),
        _ => {
            let units = if is_one {
                "`minute`, `hour` or `day`"
            } else {
                "`minutes`, `hours` or `days`"
            };
            let problem = format!(
                "the unit of {} must be {units}, not `{}`",
                excerpt(value),
                excerpt(unit)
            );
            refuse(problem, meant(value, unit).map(Help::Write))
        }
    }
}

/// The minutes of a unit in singular or plural.
fn minutes_of(unit: &str) -> Option<u64> {
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    let mut units = UNITS.iter();
    units
        .find(|(name, _)| *name == unit)
        .map(|(_, minutes)| *minutes)
}

/// The rate that is likely meant by a number and a unit that is not one.
fn meant(value: &str, unit: &str) -> Option<String> {
    let value: u64 = value.parse().ok()?;
    let unit = unit.to_ascii_lowercase();
    let unit = unit.trim_end_matches('s');
    let is_near = |(name, _): &&(&str, u64)| {
        name.starts_with(unit) || strsim::damerau_levenshtein(name, unit) <= 2
    };
    let (value, unit) = match unit {
        "" => return None,
        "second" | "sec" => (value.div_ceil(60), "minute"),
        "week" => (value.checked_mul(7)?, "day"),
        "hr" => (value, "hour"),
        _ => (value, UNITS.iter().find(is_near)?.0),
    };
    let plural = if value == 1 { "" } else { "s" };
    Some(format!("rate({value} {unit}{plural})"))
}
