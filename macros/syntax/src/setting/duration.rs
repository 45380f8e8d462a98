//! A duration such as `"30s"`, or two such as `"200ms..5s"`.

use std::ops::RangeInclusive;
use std::time::Duration;

use redrive_model::Backoff;
use redrive_model::duration::{show, written};

use super::{Setting, TemplateValue};
use crate::catalog::{self, Rule};
use crate::diagnostic::{Diagnostic, Fix, Rejected};
use crate::duration::{NotADuration, parse};
use crate::keys::{Key, Kind};
use crate::value::{Value, What};

/// Why a text is not a duration that a key accepts, and what is likely meant.
struct Wrong {
    rule: &'static Rule,
    problem: String,
    meant: Vec<Duration>,
}

impl Wrong {
    /// The diagnostic, where `write` makes a value of what is meant.
    fn of(self, key: &Key, value: &Value, write: impl Fn(Duration) -> String) -> Diagnostic {
        let refused = value.refuse(self.rule, self.problem);
        match self.meant.is_empty() {
            true => refused.fix(Fix::set(key.name, key.example)),
            false => self.meant.into_iter().fold(refused, |refused, meant| {
                refused.fix(Fix::set(key.name, write(meant)))
            }),
        }
    }
}

/// A duration with a unit, such as `"30s"`, in the key's range.
impl Setting for Duration {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let quoted = |duration| format!("\"{}\"", written(duration));
        let range = range(key, value)?;
        let text = text(key, value, "a duration in quotes", |text| {
            parse(text).is_ok()
        })?;
        let read = one(range, &format!("`{}`", key.name), text);
        let read = read.map_err(|wrong| wrong.of(key, value, quoted))?;
        in_quotes(key, value, quoted(read))?;
        Ok(read)
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}\"", written(*self)))
    }

    fn read_back(key: &Key, value: &TemplateValue<'_>) -> Result<Self, Rejected> {
        u32::read_back(key, value).map(|seconds| Duration::from_secs(seconds.into()))
    }
}

/// A shortest and a longest wait, such as `"200ms..5s"`, both in the key's
/// range.
impl Setting for Backoff {
    fn read(key: &'static Key, value: &Value) -> Result<Self, Rejected> {
        let waits =
            |a: Duration, b: Duration| format!("\"{}..{}\"", written(a.min(b)), written(a.max(b)));
        let range = range(key, value)?;
        let text = text(key, value, "two durations in quotes", |text| {
            halves(text).is_some()
        })?;
        let refuse = |rule, problem, meant: Option<(Duration, Duration)>| {
            let meant = meant.map_or(key.example.to_owned(), |(a, b)| waits(a, b));
            Err(value.refuse(rule, problem).fix(Fix::set(key.name, meant)))?
        };
        let end = |name, text| one(range, &format!("the {name} wait of `{}`", key.name), text);
        // Other signs than `..` may be part of what is around it.
        let is_read = |(min, max): &(&str, &str)| parse(min).is_ok() && parse(max).is_ok();
        let ends = text
            .split_once("..")
            .filter(|ends| is_read(ends) || halves(text).is_none());
        match ends.map(|(min, max)| (end("shortest", min), end("longest", max))) {
            Some((Ok(min), Ok(max))) if min <= max => {
                in_quotes(key, value, waits(min, max))?;
                Ok(Backoff::new(min, max))
            }
            Some((Ok(min), Ok(max))) => {
                let name = key.name;
                let problem = format!("`{name}` goes from {} down to {}", show(min), show(max));
                refuse(&catalog::BACKOFF_ORDER, problem, Some((min, max)))
            }
            Some((Err(wrong), other) | (other, Err(wrong))) => {
                let other = other.ok();
                Err(wrong.of(key, value, |wait| waits(wait, other.unwrap_or(wait))))?
            }
            None => {
                let name = key.name;
                let problem = format!("`{name}` must be two durations with `..` between them");
                let alone = one(range, "it", text);
                let alone = alone.or_else(|wrong| wrong.meant.first().copied().ok_or(()));
                let halves = halves(text);
                let meant =
                    halves.and_then(|(a, b)| Some((counted(range, a)?, counted(range, b)?)));
                let meant = meant.or_else(|| alone.ok().map(|wait| (wait, wait)));
                refuse(&catalog::DURATION, problem, meant)
            }
        }
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}..{}\"", written(self.min), written(self.max)))
    }
}

/// Two durations with anything likely between them.
fn halves(text: &str) -> Option<(Duration, Duration)> {
    let signs = ["..=", "...", "..", "–", "->", " to ", "-", ",", "/"];
    let halves = signs.iter().find_map(|sign| text.split_once(sign))?;
    Some((parse(halves.0).ok()?, parse(halves.1).ok()?))
}

fn range<'a>(key: &'a Key, value: &Value) -> Result<&'a RangeInclusive<Duration>, Diagnostic> {
    match &key.kind {
        Kind::Duration(range) | Kind::Backoff(range) => Ok(range),
        _ => Err(value.wrong_type(key, "a duration")),
    }
}

/// The text of the value, also of one whose quotes are missing.
fn text<'a>(
    key: &Key,
    value: &'a Value,
    wants: &str,
    is_meant: impl Fn(&str) -> bool,
) -> Result<&'a str, Diagnostic> {
    match &value.what {
        What::Text(text) => Ok(text),
        What::Integer(..) | What::Decimal | What::Negative => Ok(&value.text),
        _ if is_meant(&value.text) => Ok(&value.text),
        _ => Err(value.wrong_type(key, wants)),
    }
}

/// Refuses a value whose quotes are missing.
fn in_quotes(key: &Key, value: &Value, quoted: String) -> Result<(), Diagnostic> {
    if matches!(value.what, What::Text(_)) {
        return Ok(());
    }
    let problem = format!("the value of `{}` has no quotes", key.name);
    let refused = value.refuse(&catalog::DURATION, problem);
    Err(refused.fix(Fix::set(key.name, quoted)))
}

/// Reads one duration in a range; `what` names it.
fn one(range: &RangeInclusive<Duration>, what: &str, text: &str) -> Result<Duration, Wrong> {
    let (least, most) = (*range.start(), *range.end());
    let bounds = format!("must be from {} to {}", show(least), show(most));
    let (rule, problem, meant) = match parse(text) {
        Ok(duration) if !range.contains(&duration) => (
            &catalog::OUT_OF_RANGE,
            format!("is {}, but {bounds}", show(duration)),
            vec![duration.clamp(least, most)],
        ),
        Ok(duration) => match counted(range, duration) {
            Some(counted) if counted == duration => return Ok(duration),
            counted => {
                let units = match is_whole(range) {
                    true => "seconds",
                    false => "milliseconds",
                };
                let problem = format!("is {}, but is counted in whole {units}", show(duration));
                (&catalog::DURATION, problem, Vec::from_iter(counted))
            }
        },
        Err(error @ NotADuration::Negative(_)) => (
            &catalog::OUT_OF_RANGE,
            format!("{}, but {bounds}", error.problem()),
            vec![least],
        ),
        Err(error) => {
            let meant = match error {
                NotADuration::NoUnit => with_unit(range, text.trim()),
                _ => Vec::from_iter(error.meant().and_then(|meant| counted(range, meant))),
            };
            (&catalog::DURATION, error.problem().to_owned(), meant)
        }
    };
    let problem = format!("{what} {problem}");
    Err(Wrong {
        rule,
        problem,
        meant,
    })
}

/// Whether AWS counts durations of this range in seconds.
fn is_whole(range: &RangeInclusive<Duration>) -> bool {
    range.start().subsec_nanos() == 0
}

/// The duration rounded up to what is counted, if it is in the range then.
fn counted(range: &RangeInclusive<Duration>, duration: Duration) -> Option<Duration> {
    let unit = Duration::from_millis(if is_whole(range) { 1_000 } else { 1 });
    let count = duration.as_nanos().div_ceil(unit.as_nanos());
    let rounded = unit.checked_mul(count.try_into().ok()?)?;
    range.contains(&rounded).then_some(rounded)
}

/// The durations that a number without a unit may mean.
fn with_unit(range: &RangeInclusive<Duration>, number: &str) -> Vec<Duration> {
    let with = |units: &[&str]| -> Vec<_> {
        let durations = units
            .iter()
            .filter_map(|unit| parse(&format!("{number}{unit}")).ok());
        durations
            .filter(|duration| counted(range, *duration) == Some(*duration))
            .collect()
    };
    // A number of three digits or more is rather in milliseconds.
    let likely = with(if number.len() < 3 {
        &["s", "ms"]
    } else {
        &["ms", "s"]
    });
    match likely.is_empty() {
        true => with(&["m", "h", "d"]),
        false => likely,
    }
}
