//! One field of a cron expression: its values, and the grammar that all fields
//! share (`*`, values, ranges, steps and lists).

use std::collections::BTreeSet;

use super::calendar::{FIRST_YEAR, LAST_YEAR};
use super::error::{Help, ScheduleError};
use crate::catalog::SCHEDULE_FIELD;
use crate::tokens::excerpt;

/// What one field of a cron expression may contain.
pub(crate) struct Field {
    /// Its place among the fields.
    pub(super) place: usize,
    pub(super) name: &'static str,
    min: i16,
    max: i16,
    /// Names of the values from `min` on.
    names: &'static [&'static str],
    /// The largest `/` step; `None` where AWS documents no `/`.
    max_step: Option<i16>,
}

const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const fn numbers(place: usize, name: &'static str, min: i16, max: i16, max_step: i16) -> Field {
    Field {
        place,
        name,
        min,
        max,
        names: &[],
        max_step: Some(max_step),
    }
}

pub(super) static MINUTE: Field = numbers(0, "minute", 0, 59, 59);
pub(crate) static HOUR: Field = numbers(1, "hour", 0, 23, 23);
pub(super) static DAY_OF_MONTH: Field = numbers(2, "day-of-month", 1, 31, 31);
pub(super) static MONTH: Field = Field {
    names: MONTHS,
    ..numbers(3, "month", 1, 12, 12)
};
pub(crate) static DAY_OF_WEEK: Field = Field {
    names: WEEKDAYS,
    max_step: None,
    ..numbers(4, "day-of-week", 1, 7, 0)
};
pub(crate) static YEAR: Field = numbers(5, "year", FIRST_YEAR, LAST_YEAR, LAST_YEAR - FIRST_YEAR);

/// The first value, the last value and the step of one item of a list.
type Item = (i16, i16, i16);

impl Field {
    /// The values of a whole field, or a problem for each item of a list that is wrong.
    pub(super) fn parse(&self, text: &str) -> Result<BTreeSet<i16>, Vec<ScheduleError>> {
        // Weekdays as unix cron counts them. The whole field is converted: `0-4` with
        // another first day would lose the last one.
        let is_unix = self.names == WEEKDAYS && text.split([',', '-']).any(|day| day == "0");
        if is_unix && self.parse(&weekday_names(text, 0)).is_ok() {
            let names = Help::Write(weekday_names(text, 0));
            let reason = "days count from 1 (SUN)";
            return Err(self.error(text, reason, Some(names)).into());
        }
        let items: Vec<_> = text
            .split(',')
            .map(|item| (item, self.item(item)))
            .collect();
        if items.len() > 1 && items.iter().any(|(item, _)| *item == "*") {
            let all = Help::Write("*".to_owned());
            let reason = "`*` includes all other values";
            return Err(self.error(text, reason, Some(all)).into());
        }
        if items.iter().all(|(_, read)| read.is_ok()) {
            let read = items.into_iter().filter_map(|(_, read)| read.ok());
            let values = |(first, last, step): Item| (first..=last).step_by(step as usize);
            return Ok(read.flat_map(values).collect());
        }
        // The help for each is the whole field with all items corrected.
        let corrected = items.iter().map(|(item, read)| match read {
            Ok(_) => Some((*item).to_owned()),
            Err(error) => match &error.help {
                Some(Help::Write(meant)) => Some(meant.clone()),
                _ => None,
            },
        });
        let corrected: Option<Vec<_>> = corrected.collect();
        let field = corrected.map(|items| Help::Write(items.join(",")));
        let mut errors: Vec<_> = items
            .into_iter()
            .filter_map(|(_, read)| read.err())
            .collect();
        for error in &mut errors {
            if let Some(Help::Write(_)) = error.help {
                error.help.clone_from(&field);
            }
        }
        Err(errors)
    }

    /// What is wrong with this text in the field.
    pub(super) fn error(&self, text: &str, reason: &str, help: Option<Help>) -> ScheduleError {
        let name = self.name;
        let text = match text {
            "" => "an empty value".to_owned(),
            text => format!("`{}`", excerpt(text)),
        };
        let problem = format!("the {name} field contains {text}; {reason}");
        ScheduleError {
            field: Some(self.place),
            ..ScheduleError::new(&SCHEDULE_FIELD, problem, help)
        }
    }

    fn item(&self, item: &str) -> Result<Item, ScheduleError> {
        let Some((base, step)) = item.split_once('/') else {
            let (first, last) = self.range(item)?;
            return Ok((first, last, 1));
        };
        let Some(max) = self.max_step else {
            let help = Help::Advice("list the days, such as `MON,WED,FRI`".to_owned());
            return Err(self.error(item, "steps are not allowed", Some(help)));
        };
        let (first, last) = self.range(base).map_err(|error| ScheduleError {
            help: None,
            ..error
        })?;
        let step = Some(step).filter(|step| is_number(step));
        match step.and_then(|step| step.parse().ok()) {
            Some(step) if (1..=max).contains(&step) => {
                let is_open = !base.contains('-');
                Ok((first, if is_open { self.max } else { last }, step))
            }
            _ => {
                let help = Help::Write(format!("{base}/5"));
                Err(self.error(
                    item,
                    &format!("a step is a number from 1 to {max}"),
                    Some(help),
                ))
            }
        }
    }

    fn range(&self, text: &str) -> Result<(i16, i16), ScheduleError> {
        if text == "*" {
            return Ok((self.min, self.max));
        }
        let Some((first, last)) = text.split_once('-').filter(|(first, _)| !first.is_empty())
        else {
            let value = self.value(text).map_err(|error| ScheduleError {
                help: self.meant(text),
                ..error
            })?;
            return Ok((value, value));
        };
        let (from, to) = (self.value(first)?, self.value(last)?);
        if from > to {
            let help = Help::Write(self.unwrapped((first, from), (last, to)));
            return Err(self.error(text, "a range cannot wrap around", Some(help)));
        }
        Ok((from, to))
    }

    /// Two ranges for one that wraps around.
    fn unwrapped(&self, (first, from): (&str, i16), (last, to): (&str, i16)) -> String {
        // By name if the user writes names.
        let spell = |value: i16, like: &str| match self.names.get((value - self.min) as usize) {
            Some(name) if !is_number(like) => (*name).to_owned(),
            _ => value.to_string(),
        };
        let range = |from: i16, to: i16| match from == to {
            true => spell(from, first),
            false => format!("{}-{}", spell(from, first), spell(to, last)),
        };
        format!("{},{}", range(from, self.max), range(self.min, to))
    }

    /// One value, a number or a name.
    pub(super) fn value(&self, text: &str) -> Result<i16, ScheduleError> {
        if let Some(index) = self.names.iter().position(|name| *name == text) {
            return Ok(self.min + index as i16);
        }
        if is_number(text)
            && let Ok(value) = text.parse()
            && (self.min..=self.max).contains(&value)
        {
            return Ok(value);
        }
        let Self { min, max, .. } = self;
        let names = match self.names {
            [first, .., last] => format!(", or {first} to {last},"),
            _ => String::new(),
        };
        Err(self.error(
            text,
            &format!("only {min} to {max}{names} are allowed"),
            None,
        ))
    }

    /// The value that is likely meant by a text that is not one.
    fn meant(&self, text: &str) -> Option<Help> {
        let is_near = |name: &&&str| strsim::osa_distance(name, &text.to_ascii_uppercase()) == 1;
        Some(Help::Write(match text {
            "?" => "*".to_owned(),
            "0" => self.min.to_string(),
            _ => (*self.names.iter().find(is_near)?).to_owned(),
        }))
    }
}

/// Weekdays by their names, where `first` is the number of Sunday.
pub(crate) fn weekday_names(field: &str, first: u32) -> String {
    let name = |c: char| match c.to_digit(10) {
        Some(day) => WEEKDAYS[((day + 7 - first) % 7) as usize].to_owned(),
        None => c.to_ascii_uppercase().to_string(),
    };
    field.chars().map(name).collect()
}

/// Whether `text` is digits and nothing else; `parse` also accepts a sign.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
