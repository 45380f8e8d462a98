//! The outer form of an expression, `name(…)`, and what people write instead of it.

use super::error::{Help, ScheduleError};
use super::field::weekday_names;
use super::{Schedule, rate};
use crate::catalog::SCHEDULE_FORM;
use crate::tokens::excerpt;

/// Longest `ScheduleExpression`, in characters.
const MAX_LENGTH: usize = 256;

/// The year of an expression without one.
pub(super) const ANY_YEAR: &str = " *";

/// Whether this `cron(…)` has five fields.
pub(super) fn lacks_year(text: &str) -> bool {
    text.starts_with("cron(") && text.split_ascii_whitespace().count() == 5
}

/// The name of an expression, and what is in its parentheses.
pub(super) fn split(text: &str) -> Result<(&str, &str), ScheduleError> {
    let refuse = |problem, help| ScheduleError::new(&SCHEDULE_FORM, problem, help);
    let length = text.chars().count();
    let most = match lacks_year(text) {
        true => MAX_LENGTH - ANY_YEAR.len(),
        false => MAX_LENGTH,
    };
    if length > most {
        let problem =
            format!("the schedule has {length} characters, but EventBridge allows {most}");
        let help = "several items of a list can be one range or step".to_owned();
        return Err(refuse(problem, Some(Help::Advice(help))));
    }
    let parts = text
        .split_once('(')
        .and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
    match parts {
        Some((name @ ("cron" | "rate" | "at"), body)) if body.trim() == body => Ok((name, body)),
        _ => {
            let problem = format!("`{}` is not `cron(…)` or `rate(…)`", excerpt(text));
            Err(refuse(problem, meant(text).map(Help::Write)))
        }
    }
}

/// The schedule that is likely meant by a text that is not one.
fn meant(text: &str) -> Option<String> {
    let trimmed = text.trim().trim_end_matches(';').trim_end();
    let inner = trimmed.split_once('(').map_or(trimmed, |(_, inner)| inner);
    let inner = inner.strip_suffix(')').unwrap_or(inner).trim();
    let shorthand = match trimmed.to_ascii_lowercase().as_str() {
        "@hourly" => Some("0 * * * ? *"),
        "@daily" | "@midnight" => Some("0 0 * * ? *"),
        "@weekly" => Some("0 0 ? * SUN *"),
        "@monthly" => Some("0 0 1 * ? *"),
        "@yearly" | "@annually" => Some("0 0 1 1 ? *"),
        _ => None,
    };
    let cron = [
        shorthand.map(str::to_owned),
        from_unix(inner),
        Some(inner.to_owned()),
    ];
    let cron = cron
        .into_iter()
        .flatten()
        .map(|fields| format!("cron({fields})"));
    let mut meant = cron.chain([format!("rate({inner})")]);
    let right = meant.find(|schedule| Schedule::parse(schedule).is_ok());
    right.or_else(|| rate::meant(inner))
}

/// The fields of a unix cron line as AWS writes them: one of the day fields is `?`, and
/// Sunday is not 0.
fn from_unix(text: &str) -> Option<String> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let &[minute, hour, day_of_month, month, day_of_week] = fields.as_slice() else {
        return None;
    };
    let (day_of_month, day_of_week) = match (day_of_month, day_of_week) {
        (_, "*") => (day_of_month, "?".to_owned()),
        ("*", _) => ("?", weekday_names(day_of_week, 0)),
        _ => return None,
    };
    let month = month.to_ascii_uppercase();
    Some(format!(
        "{minute} {hour} {day_of_month} {month} {day_of_week} *"
    ))
}
