//! `rate(value unit)`.

use std::time::Duration;

use super::error::{Help, ScheduleError};
use super::field::is_number;
use crate::catalog::SCHEDULE_RATE;
use crate::duration;
use crate::nearest::nearest;
use crate::tokens::excerpt;

/// Each unit with its minutes, from the longest.
const UNITS: [(&str, u64); 3] = [("day", 24 * 60), ("hour", 60), ("minute", 1)];

/// Longer periods are mistakes, and would overflow calendars.
const LONGEST_MINUTES: u64 = 100 * 365 * 24 * 60;

/// Reads what is between the parentheses.
pub(super) fn parse(body: &str) -> Result<Duration, ScheduleError> {
    let refuse = |problem| {
        let meant = meant(body).unwrap_or_else(|| "rate(1 day)".to_owned());
        let help = Some(Help::Write(meant));
        Err(ScheduleError::new(&SCHEDULE_RATE, problem, help))
    };
    let words: Vec<_> = body.split_ascii_whitespace().collect();
    let (value, unit) = match words[..] {
        [value, unit] if is_number(value) => (value, unit),
        _ => {
            return refuse(format!(
                "`rate({})` is not a whole number, a space and a unit",
                excerpt(body)
            ));
        }
    };
    let (units, singular) = match value.trim_start_matches('0') {
        "1" => ("`minute`, `hour` or `day`", Some(unit)),
        _ => ("`minutes`, `hours` or `days`", unit.strip_suffix('s')),
    };
    let Some((_, minutes)) = UNITS.iter().find(|(name, _)| Some(*name) == singular) else {
        return refuse(format!(
            "the unit of {} must be {units}, not `{}`",
            excerpt(value),
            excerpt(unit)
        ));
    };
    let minutes = value
        .parse()
        .ok()
        .and_then(|it: u64| it.checked_mul(*minutes));
    match minutes.filter(|minutes| (1..=LONGEST_MINUTES).contains(minutes)) {
        Some(minutes) => Ok(Duration::from_secs(minutes * 60)),
        None => refuse(format!(
            "the rate is {}, but must be from 1 minute to 100 years",
            excerpt(body)
        )),
    }
}

/// The rate that is likely meant by what is not one: a duration, a misspelt unit, or one
/// without a number.
pub(super) fn meant(body: &str) -> Option<String> {
    let respelt = || {
        let (value, unit) = body.split_once(' ')?;
        let unit = nearest(unit, ["minutes", "hours", "days"])?;
        duration::parse(&format!("{value} {unit}")).ok()
    };
    let one = || duration::parse(&format!("1 {body}")).ok();
    let meant = duration::parse(body).ok().or_else(respelt).or_else(one)?;
    let minutes = meant.as_secs().div_ceil(60);
    let is_whole = |(_, of): &&(&str, u64)| minutes % of == 0;
    let (unit, of) = UNITS.iter().find(is_whole)?;
    Some(match minutes / of {
        1 => format!("rate(1 {unit})"),
        value => format!("rate({value} {unit}s)"),
    })
}
