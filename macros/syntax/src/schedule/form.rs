//! The outer form of an expression, `name(...)`, and what people write
//! instead of it.

use std::ops::Range;

use super::Schedule;
use super::error::ScheduleError;
use super::field::weekday_names;
use crate::catalog::SCHEDULE_FORM;

/// Longest `ScheduleExpression`, in characters.
const MAX_LENGTH: usize = 256;

/// What stands for the year where it is left out.
pub(super) const ANY_YEAR: &str = " *";

/// Whether this `cron(...)` has five fields.
pub(super) fn lacks_year(text: &str) -> bool {
    text.starts_with("cron(") && text.split_ascii_whitespace().count() == 5
}

const EXAMPLES: &str = "`cron(0 23 ? * SUN-THU *)` or `rate(12 hours)`";

/// The three forms AWS knows, each with the place of what it holds.
#[derive(Debug)]
pub(super) enum Form {
    Cron(Range<usize>),
    Rate(Range<usize>),
    At,
}

impl Form {
    pub(super) fn of(text: &str) -> Result<Self, ScheduleError> {
        let refuse = |message| ScheduleError::new(0..text.len(), &SCHEDULE_FORM, message);
        let length = text.chars().count();
        let year = if lacks_year(text) { ANY_YEAR } else { "" };
        if length + year.len() > MAX_LENGTH {
            let added = match year {
                "" => String::new(),
                year => format!(", `{year}` for the year among them"),
            };
            let most = MAX_LENGTH - year.len();
            return Err(refuse(format!(
                "the schedule has {length} characters, but AWS takes at most {MAX_LENGTH}{added}; use at most {most}"
            )));
        }
        let Some((name, rest)) = text.split_once('(') else {
            return Err(refuse(without_parentheses(text)));
        };
        let Some(body) = rest.strip_suffix(')') else {
            return Err(refuse(match (text.trim(), rest.contains(')')) {
                (trimmed, _) if trimmed != text && trimmed.ends_with(')') => {
                    format!("the schedule has white space around it; write `{trimmed}`")
                }
                (_, true) => "the schedule goes on after its `)`; end it there".to_owned(),
                (_, false) => format!("the schedule lacks its closing `)`; write `{text})`"),
            }));
        };
        if body.trim() != body {
            return Err(refuse(format!(
                "the schedule has white space inside its parentheses; write `{name}({})`",
                body.trim()
            )));
        }
        let span = name.len() + 1..text.len() - 1;
        match name {
            "cron" => Ok(Self::Cron(span)),
            "rate" => Ok(Self::Rate(span)),
            "at" => Ok(Self::At),
            _ => Err(refuse(unknown_name(name, body))),
        }
    }
}

fn unknown_name(name: &str, body: &str) -> String {
    let lower = name.trim().to_ascii_lowercase();
    let near = ["cron", "rate"]
        .into_iter()
        .find(|known| strsim::damerau_levenshtein(known, &lower) <= 1);
    match near {
        Some(near) => format!("unknown schedule `{name}(...)`; did you mean `{near}({body})`?"),
        None => format!("unknown schedule `{name}(...)`; write {EXAMPLES}"),
    }
}

fn without_parentheses(text: &str) -> String {
    let offer =
        |what: &str, schedule: &str| format!("{what}, which AWS does not take; write `{schedule}`");
    if text.trim().is_empty() {
        return format!("the schedule is empty; write {EXAMPLES}");
    }
    let shorthand = match text.trim().to_ascii_lowercase().as_str() {
        "@hourly" => Some("cron(0 * * * ? *)"),
        "@daily" | "@midnight" => Some("cron(0 0 * * ? *)"),
        "@weekly" => Some("cron(0 0 ? * SUN *)"),
        "@monthly" => Some("cron(0 0 1 * ? *)"),
        "@yearly" | "@annually" => Some("cron(0 0 1 1 ? *)"),
        _ => None,
    };
    if let Some(schedule) = shorthand {
        return offer(&format!("`{}` is a unix shorthand", text.trim()), schedule);
    }
    let wrapped = ["cron", "rate"]
        .into_iter()
        .map(|name| format!("{name}({})", text.trim()))
        .find(|schedule| Schedule::parse(schedule).is_ok());
    if let Some(schedule) = wrapped {
        return format!("the schedule lacks its form; write `{schedule}`");
    }
    match from_unix(text) {
        Some(schedule) => offer(
            &format!("`{}` is a unix cron expression", text.trim()),
            &schedule,
        ),
        None => format!("`{text}` is no schedule; write {EXAMPLES}"),
    }
}

/// A unix cron line as AWS writes it: one of the day fields is `?`, and
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
    let schedule = format!("cron({minute} {hour} {day_of_month} {month} {day_of_week} *)");
    Schedule::parse(&schedule).is_ok().then_some(schedule)
}

/// Weekdays that count from 1 = Sunday, by their names.
pub(crate) fn named_weekdays(field: &str) -> String {
    weekday_names(field, 1)
}
