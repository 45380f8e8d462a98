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

/// Refuses a value, with what it may mean as the key's value.
fn refuse(
    key: &Key,
    value: &Value,
    (rule, problem): (&'static Rule, String),
    meant: impl IntoIterator<Item = String>,
) -> Diagnostic {
    let mut refused = value.refuse(rule, problem);
    let meant = meant.into_iter();
    refused.fixes = meant.map(|meant| Fix::set(key.name, meant)).collect();
    match refused.fixes.is_empty() {
        true => refused.fix(Fix::set(key.name, key.example)),
        false => refused,
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
        let read = read.map_err(|wrong| {
            let meant = wrong.meant.into_iter().map(quoted);
            refuse(key, value, (wrong.rule, wrong.problem), meant)
        })?;
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
        let range = range(key, value)?;
        let text = text(key, value, "two durations in quotes", |text| {
            halves(text).is_some()
        })?;
        let refuse = |rule, problem, meant: Vec<Waits>| {
            let meant = meant.into_iter().map(waits);
            refuse(key, value, (rule, problem), meant)
        };
        let exact = text.split_once("..");
        let Some((min, max)) = exact.filter(|(_, max)| !max.starts_with(['.', '='])) else {
            let problem = format!(
                "`{}` must be two durations with `..` between them",
                key.name
            );
            let refuse = |meant| refuse(&catalog::DURATION, problem, meant);
            return Err(match (halves(text), likely(range, text)) {
                (Some((min, max)), _) => refuse(meant(range, min, max)),
                // The shortest one, the longest one, or both.
                (None, Some(wait)) => refuse(vec![[wait; 2]]).fix(Fix::set(key.name, key.example)),
                (None, None) => refuse(Vec::new()),
            })?;
        };
        let end = |name, text| one(range, &format!("the {name} wait of `{}`", key.name), text);
        match (end("shortest", min), end("longest", max)) {
            (Ok(min), Ok(max)) if min <= max => {
                in_quotes(key, value, waits([min, max]))?;
                Ok(Backoff::new(min, max))
            }
            (Ok(min), Ok(max)) => {
                let name = key.name;
                let problem = format!("`{name}` goes from {} down to {}", show(min), show(max));
                Err(refuse(&catalog::BACKOFF_ORDER, problem, vec![[min, max]]))?
            }
            (Err(wrong), _) | (_, Err(wrong)) => {
                Err(refuse(wrong.rule, wrong.problem, meant(range, min, max)))?
            }
        }
    }

    fn written(&self) -> Option<String> {
        Some(format!("\"{}..{}\"", written(self.min), written(self.max)))
    }
}

/// A shortest and a longest wait.
type Waits = [Duration; 2];

/// The waits as they are written, the shorter one first.
fn waits([a, b]: Waits) -> String {
    format!("\"{}..{}\"", written(a.min(b)), written(a.max(b)))
}

/// The texts of two durations, or numbers without units, with anything likely between them.
fn halves(text: &str) -> Option<(&str, &str)> {
    let signs = ["..=", "...", "..", "–", "—", "->", " to ", "-", ",", "/"];
    let halves = signs.iter().find_map(|sign| text.split_once(sign))?;
    let is_one = |text| matches!(parse(text), Ok(_) | Err(NotADuration::NoUnit));
    (is_one(halves.0) && is_one(halves.1)).then_some(halves)
}

/// The waits that two texts likely mean.
fn meant(range: &RangeInclusive<Duration>, min: &str, max: &str) -> Vec<Waits> {
    let lacks_unit = |text: &str| parse(text) == Err(NotADuration::NoUnit);
    let ends = [min, max];
    let Some(other) = ends.into_iter().find(|text| !lacks_unit(text)) else {
        return with_unit(range, ends);
    };
    let unit = other.trim_end().rsplit(|c: char| !c.is_alphabetic()).next();
    let units = unit.into_iter().chain(["s", "ms", "m", "h", "d"]);
    let all = units.filter_map(|unit| {
        let end = |text: &str| match lacks_unit(text) {
            true => one(range, "", &format!("{text}{unit}")).ok(),
            false => likely(range, text),
        };
        Some([end(min)?, end(max)?])
    });
    let all: Vec<_> = all.collect();
    let ordered = all.iter().find(|[min, max]| min <= max);
    Vec::from_iter(ordered.or(all.first()).copied())
}

/// The duration that a text is, or likely means.
fn likely(range: &RangeInclusive<Duration>, text: &str) -> Option<Duration> {
    let read = one(range, "", text);
    read.or_else(|wrong| wrong.meant.first().copied().ok_or(()))
        .ok()
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
                NotADuration::NoUnit => with_unit(range, [text.trim()]).concat(),
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

/// The durations that numbers without a unit likely mean, all with the same one.
fn with_unit<const N: usize>(
    range: &RangeInclusive<Duration>,
    numbers: [&str; N],
) -> Vec<[Duration; N]> {
    let with = |unit: &str| {
        let read = numbers.map(|number| one(range, "", &format!("{number}{unit}")).ok());
        let read: Option<Vec<_>> = read.into_iter().collect();
        read?.try_into().ok()
    };
    // A number of three digits or more is rather in milliseconds.
    let likely = match numbers.iter().all(|number| number.trim().len() < 3) {
        true => ["s", "ms"],
        false => ["ms", "s"],
    };
    match likely.into_iter().find_map(with) {
        Some(likely) => vec![likely],
        None => ["m", "h", "d"].into_iter().filter_map(with).collect(),
    }
}
