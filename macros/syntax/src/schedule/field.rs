//! One field of a cron expression: its values, and the grammar all fields
//! share (`*`, values, ranges, steps and lists).

use super::calendar::{FIRST_YEAR, LAST_YEAR};
use super::set::Set;

/// What one field of a cron expression may hold.
pub(super) struct Field {
    pub(super) name: &'static str,
    min: u16,
    max: u16,
    /// Names of the values from `min` on.
    names: &'static [&'static str],
    /// Value 0 of its set, which has no room for years as they are.
    set_from: u16,
    /// The largest `/` step; `None` where AWS documents no `/`.
    max_step: Option<u16>,
}

const MONTHS: &[&str] = &[
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const fn numbers(name: &'static str, min: u16, max: u16, max_step: u16) -> Field {
    Field {
        name,
        min,
        max,
        names: &[],
        set_from: 0,
        max_step: Some(max_step),
    }
}

pub(super) static MINUTE: Field = numbers("minute", 0, 59, 59);
pub(super) static HOUR: Field = numbers("hour", 0, 23, 23);
pub(super) static DAY_OF_MONTH: Field = numbers("day-of-month", 1, 31, 31);
pub(super) static MONTH: Field = Field {
    names: MONTHS,
    ..numbers("month", 1, 12, 12)
};
pub(super) static DAY_OF_WEEK: Field = Field {
    name: "day-of-week",
    min: 1,
    max: 7,
    names: WEEKDAYS,
    set_from: 0,
    max_step: None,
};
/// Its set counts years from 1970.
pub(super) static YEAR: Field = Field {
    set_from: FIRST_YEAR as u16,
    ..numbers("year", FIRST_YEAR as u16, LAST_YEAR as u16, 229)
};

impl Field {
    /// The values of a whole field; each item of a list that is wrong adds a
    /// message.
    pub(super) fn parse(&self, text: &str) -> Result<Set, Vec<String>> {
        if let Some(message) = self.counts_from_zero(text) {
            return Err(vec![message]);
        }
        let mut set = Set::default();
        let mut wrong = Vec::new();
        let alone = !text.contains(',');
        for item in text.split(',') {
            match self.item(item, alone) {
                Ok((first, last, step)) => (first..=last)
                    .step_by(usize::from(step))
                    .for_each(|value| set.insert(value - self.set_from)),
                Err(message) => wrong.push(message),
            }
        }
        if wrong.is_empty() {
            Ok(set)
        } else {
            Err(wrong)
        }
    }

    /// Weekdays as unix cron counts them. The whole field is converted: `0-4` with
    /// another first day would lose the last one.
    fn counts_from_zero(&self, text: &str) -> Option<String> {
        let is_unix = self.names == WEEKDAYS && text.split([',', '-']).any(|day| day == "0");
        let names = is_unix.then(|| weekday_names(text, 0))?;
        self.parse(&names).ok()?;
        let name = self.name;
        Some(format!(
            "the {name} field is `{text}`, but AWS counts days from 1 (SUN); write `{names}`"
        ))
    }

    /// The first value, the last value and the step of one item of a list.
    fn item(&self, item: &str, alone: bool) -> Result<(u16, u16, u16), String> {
        match item.split_once('/') {
            None => self.base(item, alone).map(|(first, last)| (first, last, 1)),
            Some((base, step)) => {
                let step = self.step(item, step)?;
                let (first, last) = self.base(base, true)?;
                let open_ended = !base.contains('-');
                Ok((first, if open_ended { self.max } else { last }, step))
            }
        }
    }

    fn step(&self, item: &str, step: &str) -> Result<u16, String> {
        let name = self.name;
        let Some(max) = self.max_step else {
            return Err(format!(
                "the {name} field holds `{item}`, but takes no step; list the days instead, such as `MON,WED,FRI`"
            ));
        };
        Some(step)
            .filter(|step| is_number(step))
            .and_then(|step| step.parse().ok())
            .filter(|step| (1..=max).contains(step))
            .ok_or_else(|| {
                format!(
                    "the {name} field holds `{item}`, whose step must be a number from 1 to {max}, such as `{}/5`",
                    self.min
                )
            })
    }

    fn base(&self, base: &str, alone: bool) -> Result<(u16, u16), String> {
        let name = self.name;
        if base == "*" {
            return if alone {
                Ok((self.min, self.max))
            } else {
                Err(format!(
                    "the {name} field has `*` in a list, which already means every value; write `*` alone or leave it out"
                ))
            };
        }
        match base.split_once('-') {
            Some((first, last)) if !first.is_empty() => {
                let (from, to) = (self.value(first)?, self.value(last)?);
                if from > to {
                    return Err(self.wraps(base, (first, from), (last, to)));
                }
                Ok((from, to))
            }
            _ => self.value(base).map(|value| (value, value)),
        }
    }

    fn wraps(&self, range: &str, (first, from): (&str, u16), (last, to): (&str, u16)) -> String {
        let part = |from: u16, to: u16| match from == to {
            true => self.spell(from, first),
            false => format!("{}-{}", self.spell(from, first), self.spell(to, last)),
        };
        format!(
            "the {} field holds `{range}`, but AWS documents no range that wraps around; write `{},{}`",
            self.name,
            part(from, self.max),
            part(self.min, to),
        )
    }

    /// A value as the user spells values: by name if `like` is one.
    fn spell(&self, value: u16, like: &str) -> String {
        match self.names.get(usize::from(value - self.min)) {
            Some(name) if !is_number(like) => (*name).to_owned(),
            _ => value.to_string(),
        }
    }

    /// One value, a number or a name.
    pub(super) fn value(&self, text: &str) -> Result<u16, String> {
        if let Some(index) = self.names.iter().position(|name| *name == text) {
            return Ok(self.min + index as u16);
        }
        if is_number(text)
            && let Ok(value) = text.parse()
            && (self.min..=self.max).contains(&value)
        {
            return Ok(value);
        }
        Err(self.refused(text))
    }

    fn refused(&self, text: &str) -> String {
        let name = self.name;
        let allowed = self.allowed();
        if text.is_empty() {
            return format!(
                "the {name} field lacks a value beside one of its `,`, `-` or `/`; write {allowed}"
            );
        }
        let hint = if let Some(name) = self.nearest_name(text) {
            format!("; did you mean `{name}`?")
        } else if text == "0" && self.min == 1 {
            let first = self.names.first().map_or(String::new(), |first| {
                format!(", which is {first} (counting starts at 1 here)")
            });
            format!("; did you mean `1`{first}?")
        } else if text == "?" {
            "; `?` is for day-of-month and day-of-week, alone; write `*` for every value".to_owned()
        } else {
            String::new()
        };
        format!("the {name} field holds `{text}`, but takes {allowed}{hint}")
    }

    fn allowed(&self) -> String {
        let Self { min, max, .. } = self;
        match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!("{min} to {max} or {first} to {last}"),
            _ => format!("{min} to {max}"),
        }
    }

    fn nearest_name(&self, text: &str) -> Option<&'static str> {
        if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let upper = text.to_ascii_uppercase();
        let starts = self.names.iter().find(|name| upper.starts_with(**name));
        let near = || {
            self.names
                .iter()
                .map(|name| (strsim::damerau_levenshtein(name, &upper), name))
                .min_by_key(|(distance, _)| *distance)
                .filter(|(distance, _)| *distance == 1)
                .map(|(_, name)| name)
        };
        starts.or_else(near).copied()
    }
}

/// Weekdays by their names, where `first` is the number of Sunday.
pub(super) fn weekday_names(field: &str, first: u32) -> String {
    let name = |c: char| match c.to_digit(10) {
        Some(day) => WEEKDAYS[((day + 7 - first) % 7) as usize].to_owned(),
        None => c.to_ascii_uppercase().to_string(),
    };
    field.chars().map(name).collect()
}

/// Whether `text` is digits and nothing else; `parse` also takes a sign.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
