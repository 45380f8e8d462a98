//! Reads a duration such as `"30s"`, or two such as `"200ms..5s"`.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use redrive_model::Backoff;
use redrive_model::duration::{show, written};

use super::{Value, What};
use crate::catalog;
use crate::diagnostic::{Diagnostic, Fix};
use crate::duration::{NotADuration, parse};
use crate::keys::{Key, Kind};
use crate::tokens::excerpt;

/// Reads a duration with a unit, such as `"30s"`, in the key's range.
pub(crate) fn duration(key: &Key, value: &Value) -> Result<Duration, Diagnostic> {
    let reader = Reader::of(key, value)?;
    let text = reader.text("a duration in quotes", |text| parse(text).is_ok())?;
    let read = reader.one(&format!("`{}`", key.name), &text, |duration| {
        format!("\"{}\"", written(duration))
    })?;
    reader.in_quotes(format_args!("\"{}\"", written(read)))?;
    Ok(read)
}

/// Reads a shortest and a longest wait, such as `"200ms..5s"`, both in the key's
/// range.
pub(crate) fn backoff(key: &Key, value: &Value) -> Result<Backoff, Diagnostic> {
    let reader = Reader::of(key, value)?;
    let text = reader.text("two durations in quotes", |text| halves(text).is_some())?;
    let is_another_form = |(min, max): &(&str, &str)| {
        let is_read = parse(min).is_ok() && parse(max).is_ok();
        !is_read && halves(&text).is_some()
    };
    let ends = text.split_once("..").filter(|ends| !is_another_form(ends));
    let Some((min, max)) = ends else {
        return Err(reader.not_two(&text));
    };
    let end = |name, text, other: &str| {
        let other = parse(other).ok();
        reader.one(
            &format!("the {name} wait of `{}`", key.name),
            text,
            |wait| {
                let other = other.unwrap_or(wait);
                range(wait.min(other), wait.max(other))
            },
        )
    };
    let min = end("shortest", min, max)?;
    let max = end("longest", max, &written(min))?;
    if min > max {
        let text = format!(
            "`{}` goes from {} down to {}",
            key.name,
            show(min),
            show(max)
        );
        let refused = value.refuse(&catalog::BACKOFF_ORDER, text);
        return Err(refused.fix(Fix::set(key.name, range(max, min))));
    }
    reader.in_quotes(range(min, max))?;
    Ok(Backoff::new(min, max))
}

fn range(min: Duration, max: Duration) -> String {
    format!("\"{}..{}\"", written(min), written(max))
}

/// Two durations with anything likely between them.
fn halves(text: &str) -> Option<(Duration, Duration)> {
    let signs = ["..=", "...", "..", "–", "->", " to ", "-", ",", "/"];
    let halves = signs.iter().find_map(|sign| text.split_once(sign))?;
    Some((parse(halves.0).ok()?, parse(halves.1).ok()?))
}

/// What a key accepts, and the value that it has.
struct Reader<'a> {
    key: &'a Key,
    value: &'a Value,
    range: &'a RangeInclusive<Duration>,
}

impl<'a> Reader<'a> {
    fn of(key: &'a Key, value: &'a Value) -> Result<Self, Diagnostic> {
        match &key.kind {
            Kind::Duration(range) | Kind::Backoff(range) => Ok(Reader { key, value, range }),
            _ => Err(value.wrong_type(key, "a duration")),
        }
    }

    /// The text of the value, also of one whose quotes are missing.
    fn text(&self, wants: &str, is_meant: impl Fn(&str) -> bool) -> Result<String, Diagnostic> {
        match &self.value.what {
            What::Text(text) => Ok(text.clone()),
            What::Integer(..) | What::Decimal | What::Negative => Ok(self.value.text.clone()),
            _ if is_meant(&self.value.text) => Ok(self.value.text.clone()),
            _ => Err(self.value.wrong_type(self.key, wants)),
        }
    }

    /// Refuses a value whose quotes are missing.
    fn in_quotes(&self, value: impl Display) -> Result<(), Diagnostic> {
        if matches!(self.value.what, What::Text(_)) {
            return Ok(());
        }
        let text = format!("the value of `{}` has no quotes", self.key.name);
        Err(self.fix(text, value))
    }

    fn fix(&self, problem: String, value: impl Display) -> Diagnostic {
        let refused = self.value.refuse(&catalog::DURATION, problem);
        refused.fix(Fix::set(self.key.name, value))
    }

    /// Reads one duration in the key's range; `write` makes a value of another.
    fn one(
        &self,
        what: &str,
        text: &str,
        write: impl Fn(Duration) -> String,
    ) -> Result<Duration, Diagnostic> {
        let duration = match parse(text) {
            Ok(duration) => duration,
            Err(NotADuration::Negative(_)) => return Err(self.out_of_range(what, "negative")),
            Err(NotADuration::NoUnit) => return Err(self.without_unit(what, text.trim(), write)),
            Err(error) => {
                let problem = match error {
                    NotADuration::Empty => format!("{what} is empty"),
                    NotADuration::Calendar(_) => {
                        format!("{what} has months or years, which differ in length")
                    }
                    _ => format!("{what} is not a duration: `{}`", excerpt(text.trim())),
                };
                let meant = error.meant().and_then(|meant| self.counted(meant));
                return Err(match meant {
                    Some(meant) => self.fix(problem, write(meant)),
                    None => self.fix(problem, self.key.example),
                });
            }
        };
        if !self.range.contains(&duration) {
            return Err(self.out_of_range(what, &show(duration)));
        }
        match self.counted(duration) {
            Some(counted) if counted != duration => {
                let unit = match self.is_whole() {
                    true => "seconds",
                    false => "milliseconds",
                };
                let problem = format!(
                    "{what} is {}, but is counted in whole {unit}",
                    show(duration)
                );
                Err(self.fix(problem, write(counted)))
            }
            _ => Ok(duration),
        }
    }

    /// Whether AWS counts it in seconds.
    fn is_whole(&self) -> bool {
        self.range.start().subsec_nanos() == 0
    }

    /// The duration rounded up to what is counted, if it is in the range then.
    fn counted(&self, duration: Duration) -> Option<Duration> {
        let rounded = match self.is_whole() {
            true => Duration::from_secs(
                duration
                    .as_nanos()
                    .div_ceil(1_000_000_000)
                    .try_into()
                    .ok()?,
            ),
            false => {
                Duration::from_millis(duration.as_nanos().div_ceil(1_000_000).try_into().ok()?)
            }
        };
        self.range.contains(&rounded).then_some(rounded)
    }

    fn out_of_range(&self, what: &str, value: &str) -> Diagnostic {
        let (least, most) = (show(*self.range.start()), show(*self.range.end()));
        let text = format!("{what} is {value}, but must be from {least} to {most}");
        self.value.refuse(&catalog::OUT_OF_RANGE, text)
    }

    /// A number alone: offers the units that fit.
    fn without_unit(
        &self,
        what: &str,
        number: &str,
        write: impl Fn(Duration) -> String,
    ) -> Diagnostic {
        let text = format!("{what} has no unit");
        let refused = self.value.refuse(&catalog::DURATION, text);
        let meant = |unit: &&str| {
            let duration = parse(&format!("{number}{unit}")).ok()?;
            self.counted(duration)
                .filter(|counted| *counted == duration)
        };
        // A number of three digits or more is rather in milliseconds.
        let likely = match number.len() {
            ..=2 => ["s", "ms"],
            _ => ["ms", "s"],
        };
        let mut fitting: Vec<_> = likely.iter().filter_map(meant).collect();
        if fitting.is_empty() {
            fitting = ["m", "h", "d"].iter().filter_map(meant).collect();
        }
        match fitting.is_empty() {
            true => refused.help(format!("for example, `{}`", self.key.shown())),
            false => fitting.into_iter().fold(refused, |refused, duration| {
                refused.fix(Fix::set(self.key.name, write(duration)))
            }),
        }
    }

    /// A text that is not two durations with `..` between them.
    fn not_two(&self, text: &str) -> Diagnostic {
        let problem = format!(
            "`{}` must be two durations with `..` between them",
            self.key.name
        );
        let meant = halves(text).or_else(|| parse(text).ok().map(|wait| (wait, wait)));
        let meant = meant.and_then(|(min, max)| Some((self.counted(min)?, self.counted(max)?)));
        if meant.is_none() && parse(text) == Err(NotADuration::NoUnit) {
            return self.without_unit(&format!("`{}`", self.key.name), text.trim(), |wait| {
                range(wait, wait)
            });
        }
        match meant {
            Some((min, max)) => self.fix(problem, range(min.min(max), min.max(max))),
            None => self.fix(problem, self.key.example),
        }
    }
}
