//! Reads a duration such as `"30s"`, or two such as `"200ms..5s"`.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::duration::{digits, exact, meant, show, written};
use super::read::wrong_type;
use super::{Refusal, Value, What};
use crate::keys::{Key, Kind};
use crate::tokens::excerpt;

/// What a key takes.
struct Limits {
    range: RangeInclusive<Duration>,
    /// AWS counts it in seconds.
    whole: bool,
}

impl Limits {
    fn of(key: &Key) -> Option<Self> {
        let seconds = |seconds: u32| Duration::from_secs(u64::from(seconds));
        match &key.kind {
            Kind::Seconds(range) => Some(Limits {
                range: seconds(*range.start())..=seconds(*range.end()),
                whole: true,
            }),
            Kind::Duration(range) => Some(Limits {
                range: range.clone(),
                whole: false,
            }),
            // What may be a millisecond is counted in them.
            Kind::Waits(range) => Some(Limits {
                range: range.clone(),
                whole: range.start().subsec_nanos() == 0,
            }),
            _ => None,
        }
    }

    /// The duration, rounded up to what is counted, if it is in the range then.
    fn nearest(&self, duration: Duration) -> Option<Duration> {
        let part = duration.subsec_nanos();
        let rounded = match self.whole && part > 0 {
            true => Duration::from_secs(duration.as_secs().saturating_add(1)),
            false => duration,
        };
        self.range.contains(&rounded).then_some(rounded)
    }

    fn takes(&self, duration: Duration) -> bool {
        self.nearest(duration) == Some(duration)
    }

    /// What a number without a unit may mean, most likely first.
    fn meanings(&self, number: &str) -> Vec<(Duration, &'static str)> {
        const UNITS: [(&str, &str); 5] = [
            ("s", "seconds"),
            ("ms", "milliseconds"),
            ("m", "minutes"),
            ("h", "hours"),
            ("d", "days"),
        ];
        let is_whole = !number.contains('.');
        let meaning = |(unit, name): (&str, &'static str)| {
            let duration = meant(&format!("{number}{unit}"))?;
            let nearest = self.nearest(duration)?;
            let is_likely = if is_whole {
                nearest == duration
            } else {
                unit != "ms"
            };
            is_likely.then_some((nearest, name))
        };
        let [seconds, milliseconds, ..] = UNITS;
        let mut likely: Vec<_> = match self.whole {
            true => meaning(seconds).into_iter().collect(),
            false => [seconds, milliseconds]
                .into_iter()
                .filter_map(meaning)
                .collect(),
        };
        if number.len() > 2 && is_whole {
            likely.reverse();
        }
        match likely.is_empty() {
            true => UNITS.into_iter().filter_map(meaning).collect(),
            false => likely,
        }
    }

    fn negative(&self, key: &Key) -> Refusal {
        let (least, most) = (show(*self.range.start()), show(*self.range.end()));
        let text = format!("`{}` is negative, but takes {least} to {most}", key.name);
        ("out_of_range", text)
    }

    fn refusal(&self, what: &str, takes: &str, duration: Duration) -> Refusal {
        let (least, most) = (show(*self.range.start()), show(*self.range.end()));
        let text = format!(
            "{what} is {}, but {takes} {least} to {most}",
            show(duration)
        );
        ("out_of_range", text)
    }
}

/// Reads a duration with a unit, such as `"30s"`, in the key's range.
pub(crate) fn duration(key: &Key, value: &Value) -> Option<Result<Duration, Refusal>> {
    let limits = Limits::of(key)?;
    Some(match Form::of(value) {
        Form::Text(text) => one(key, &limits, &text),
        Form::Number(number) => Err(without_unit(key, &limits, &number, quoted)),
        Form::Negative => Err(limits.negative(key)),
        Form::Unquoted(text) if either(&text).is_some() => {
            let read = one(key, &limits, &text);
            Err(read.map_or_else(|refusal| refusal, |read| without_quotes(key, &quoted(read))))
        }
        Form::Unquoted(_) | Form::Other => Err(wrong_type(key, value, "a duration with its unit")),
    })
}

fn one(key: &Key, limits: &Limits, text: &str) -> Result<Duration, Refusal> {
    let name = format!("`{}`", key.name);
    let write = |duration| key.with(&quoted(duration));
    let read = exact(text);
    if let Some(duration) = read.filter(|duration| limits.takes(*duration)) {
        return Ok(duration);
    }
    let Some(duration) = read.or_else(|| meant(text)) else {
        return Err(match text.trim() {
            "" => empty(key),
            _ => unreadable(key, &name, text),
        });
    };
    let in_range = limits.range.contains(&duration);
    let Some(whole) = limits.nearest(duration).filter(|_| in_range) else {
        return Err(limits.refusal(&name, "takes", duration));
    };
    let text = match read {
        Some(_) => format!(
            "{name} is {}, but AWS counts it in whole seconds; write `{}`",
            show(duration),
            write(whole)
        ),
        None => format!(
            "{name} takes a whole number and one unit (`ms`, `s`, `m`, `h`, `d`); write `{}`",
            write(whole)
        ),
    };
    Err(("duration", text))
}

/// Reads a shortest and a longest wait, such as `"200ms..5s"`, both in the key's
/// range.
pub(crate) fn waits(key: &Key, value: &Value) -> Option<Result<(Duration, Duration), Refusal>> {
    let limits = Limits::of(key)?;
    let twice = |wait| range((wait, wait));
    Some(match Form::of(value) {
        Form::Text(text) => two(key, &limits, &text),
        Form::Number(number) => Err(without_unit(key, &limits, &number, twice)),
        Form::Negative => Err(limits.negative(key)),
        Form::Unquoted(text) if either(&text).is_some() || meant_pair(&text).is_some() => {
            let read = two(key, &limits, &text);
            Err(read.map_or_else(|refusal| refusal, |read| without_quotes(key, &range(read))))
        }
        Form::Unquoted(_) | Form::Other => Err(wrong_type(key, value, "two durations")),
    })
}

fn two(key: &Key, limits: &Limits, text: &str) -> Result<(Duration, Duration), Refusal> {
    let halves = text.split_once("..");
    if let Some((shortest, longest)) = halves.and_then(|(a, b)| Some((exact(a)?, exact(b)?))) {
        return check(key, limits, shortest, longest);
    }
    if text.trim().is_empty() {
        return Err(empty(key));
    }
    if let Some(wait) = either(text) {
        return Err(one_for_two(key, limits, wait));
    }
    if let Some(refusal) = meant_pair(text).and_then(|waits| offer(key, limits, waits)) {
        return Err(refusal);
    }
    // What is left has one end that cannot be read, or none that can.
    let Some((shortest, longest)) = halves else {
        return Err(unreadable(key, &format!("`{}`", key.name), text));
    };
    for (end, text, other) in [
        ("shortest", shortest, longest),
        ("longest", longest, shortest),
    ] {
        let end = format!("the {end} wait of `{}`", key.name);
        let read = either(text);
        if text.trim().is_empty() {
            let wait = exact(other).and_then(|wait| limits.nearest(wait));
            let write = wait.map_or_else(|| key.shown(), |wait| key.with(&range((wait, wait))));
            return Err(("duration", format!("{end} is missing; write `{write}`")));
        }
        match read {
            None => return Err(unreadable(key, &end, text)),
            Some(wait) if limits.nearest(wait).is_none() => {
                return Err(limits.refusal(&end, "may be", wait));
            }
            Some(_) => {}
        }
    }
    Err(unreadable(key, &format!("`{}`", key.name), text))
}

fn check(
    key: &Key,
    limits: &Limits,
    shortest: Duration,
    longest: Duration,
) -> Result<(Duration, Duration), Refusal> {
    for (end, wait) in [("shortest", shortest), ("longest", longest)] {
        let end = format!("the {end} wait of `{}`", key.name);
        if !limits.range.contains(&wait) {
            return Err(limits.refusal(&end, "may be", wait));
        }
        if !limits.takes(wait) {
            let whole = limits.nearest(shortest).zip(limits.nearest(longest));
            let write = whole.map_or_else(|| key.shown(), |waits| key.with(&range(waits)));
            let text = format!(
                "{end} is {}, but AWS counts it in whole seconds; write `{write}`",
                show(wait)
            );
            return Err(("duration", text));
        }
    }
    if shortest > longest {
        let text = format!(
            "`{}` goes from {} down to {}; write `{}`",
            key.name,
            show(shortest),
            show(longest),
            key.with(&range((longest, shortest)))
        );
        return Err(("backoff_order", text));
    }
    Ok((shortest, longest))
}

fn one_for_two(key: &Key, limits: &Limits, wait: Duration) -> Refusal {
    let Some(wait) = limits.nearest(wait) else {
        return limits.refusal(&format!("`{}`", key.name), "takes", wait);
    };
    let text = format!(
        "`{}` takes the shortest and the longest wait; write `{}` for a wait that does not grow",
        key.name,
        key.with(&range((wait, wait)))
    );
    ("duration", text)
}

/// The words for two waits that are written in another way.
fn offer(key: &Key, limits: &Limits, (a, b): (Duration, Duration)) -> Option<Refusal> {
    let (a, b) = (limits.nearest(a)?, limits.nearest(b)?);
    let text = format!(
        "`{}` takes the shortest and the longest wait, with `..` between them; write `{}`",
        key.name,
        key.with(&range((a.min(b), a.max(b))))
    );
    Some(("duration", text))
}

/// Two durations with anything between them.
fn meant_pair(text: &str) -> Option<(Duration, Duration)> {
    const BETWEEN: [&str; 14] = [
        "..=", "...", "..", "–", "—", "->", "→", " to ", "-", ",", ";", "/", "~", " ",
    ];
    let halves = BETWEEN.iter().find_map(|sign| text.split_once(sign));
    let (first, second) = halves?;
    let longest = either(second)?;
    let shortest = either(first).or_else(|| {
        // `5-30s`
        let unit = second
            .trim()
            .trim_start_matches(|c: char| !c.is_alphabetic());
        let first = first.trim();
        let is_number = !first.is_empty() && digits(first) == first.len();
        is_number.then(|| meant(&format!("{first}{unit}")))?
    })?;
    Some((shortest, longest))
}

fn range((shortest, longest): (Duration, Duration)) -> String {
    format!("\"{}..{}\"", written(shortest), written(longest))
}

fn either(text: &str) -> Option<Duration> {
    exact(text).or_else(|| meant(text))
}

fn quoted(duration: Duration) -> String {
    format!("\"{}\"", written(duration))
}

/// A value, as far as it may mean durations.
enum Form {
    Text(String),
    Number(String),
    Negative,
    /// What would be a text if it stood in quotes.
    Unquoted(String),
    Other,
}

impl Form {
    fn of(value: &Value) -> Self {
        let is_number = |text: &str| !text.is_empty() && digits(text) == text.len();
        match &value.what {
            What::Text(text) => match text.trim() {
                number if is_number(number) => Form::Number(number.to_owned()),
                negative if is_negative(negative) => Form::Negative,
                _ => Form::Text(text.clone()),
            },
            What::Integer(digits, suffix) if suffix.is_empty() => Form::Number(digits.clone()),
            What::Decimal if !value.text.contains(char::is_alphabetic) => {
                Form::Number(value.text.clone())
            }
            What::Negative => Form::Negative,
            What::List(ends) => match ends.as_slice() {
                [shortest, longest] => Form::Unquoted(format!(
                    "{}..{}",
                    shortest.text.trim_matches('"'),
                    longest.text.trim_matches('"')
                )),
                _ => Form::Other,
            },
            What::Integer(..) | What::Decimal | What::Other("an expression") => {
                Form::Unquoted(value.text.clone())
            }
            _ => Form::Other,
        }
    }
}

fn is_negative(text: &str) -> bool {
    let is_duration = |text: &str| either(text).is_some();
    text.strip_prefix('-')
        .is_some_and(|rest| is_duration(rest) || is_duration(&format!("{rest}s")))
}

fn without_quotes(key: &Key, value: &str) -> Refusal {
    let text = format!("a duration stands in quotes; write `{}`", key.with(value));
    ("duration", text)
}

/// The words for a number alone; `write` makes a value of what it may mean.
fn without_unit(
    key: &Key,
    limits: &Limits,
    number: &str,
    write: impl Fn(Duration) -> String,
) -> Refusal {
    let meanings = limits.meanings(number).into_iter();
    let offers: Vec<_> = meanings
        .map(|(duration, unit)| format!("`{}` for {unit}", key.with(&write(duration))))
        .collect();
    let way_out = match offers.is_empty() {
        true => format!(", such as `{}`", key.shown()),
        false => format!("; write {}", offers.join(", or ")),
    };
    let text = format!("`{}` takes a duration with its unit{way_out}", key.name);
    ("duration", text)
}

fn empty(key: &Key) -> Refusal {
    let text = format!("`{}` is empty; write `{}`", key.name, key.shown());
    ("duration", text)
}

fn unreadable(key: &Key, what: &str, text: &str) -> Refusal {
    let text = format!(
        "{what} cannot be read from `{}`; write a whole number and a unit (`ms`, `s`, `m`, `h`, `d`), such as `{}`",
        excerpt(text.trim()),
        key.shown()
    );
    ("duration", text)
}
