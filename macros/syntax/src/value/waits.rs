//! Reads a duration such as `"30s"`, or two such as `"200ms..5s"`.

use std::time::Duration;

use super::duration::{either, exact, meant, show, written};
use super::form::{Form, is_number};
use super::limits::Limits;
use super::read::wrong_type;
use super::{Refusal, Value};
use crate::keys::Key;
use crate::rules::catalog;
use crate::tokens::excerpt;

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
    Err((&catalog::DURATION, text))
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
    if let Some(waits) = meant_pair(text) {
        let is_a_range = halves.is_some_and(|(a, b)| either(a).is_some() && either(b).is_some());
        let form = match is_a_range {
            true => "a whole number and one unit (`ms`, `s`, `m`, `h`, `d`) for each wait",
            false => "the shortest and the longest wait, with `..` between them",
        };
        return Err(offer(key, limits, form, waits));
    }
    // What is left has an end that cannot be read, or none that can.
    let Some((shortest, longest)) = halves else {
        return Err(unreadable(key, &format!("`{}`", key.name), text));
    };
    let (end, text, other) = match either(shortest) {
        None => ("shortest", shortest, longest),
        Some(_) => ("longest", longest, shortest),
    };
    let end = end_of(key, end);
    if !text.trim().is_empty() {
        return Err(unreadable(key, &end, text));
    }
    let wait = either(other).and_then(|wait| limits.nearest(wait));
    let write = wait.map_or_else(|| key.shown(), |wait| key.with(&range((wait, wait))));
    Err((
        &catalog::DURATION,
        format!("{end} is missing; write `{write}`"),
    ))
}

fn end_of(key: &Key, end: &str) -> String {
    format!("the {end} wait of `{}`", key.name)
}

fn check(
    key: &Key,
    limits: &Limits,
    shortest: Duration,
    longest: Duration,
) -> Result<(Duration, Duration), Refusal> {
    for (end, wait) in [("shortest", shortest), ("longest", longest)] {
        let end = end_of(key, end);
        if !limits.range.contains(&wait) {
            return Err(limits.refusal(&end, "may be", wait));
        }
        if !limits.takes(wait) {
            let whole = limits.nearest(shortest).zip(limits.nearest(longest));
            let write = whole.map_or_else(
                || key.shown(),
                |(a, b)| key.with(&range((a.min(b), a.max(b)))),
            );
            let text = format!(
                "{end} is {}, but AWS counts it in whole seconds; write `{write}`",
                show(wait)
            );
            return Err((&catalog::DURATION, text));
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
        return Err((&catalog::BACKOFF_ORDER, text));
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
    (&catalog::DURATION, text)
}

/// The words for two waits that are written in another way than `form`.
fn offer(
    key: &Key,
    limits: &Limits,
    form: &str,
    (shortest, longest): (Duration, Duration),
) -> Refusal {
    let (Some(a), Some(b)) = (limits.nearest(shortest), limits.nearest(longest)) else {
        let (end, wait) = match limits.nearest(shortest) {
            None => ("shortest", shortest),
            Some(_) => ("longest", longest),
        };
        return limits.refusal(&end_of(key, end), "may be", wait);
    };
    let text = format!(
        "`{}` takes {form}; write `{}`",
        key.name,
        key.with(&range((a.min(b), a.max(b))))
    );
    (&catalog::DURATION, text)
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
        is_number(first).then(|| meant(&format!("{first}{unit}")))?
    })?;
    Some((shortest, longest))
}

fn range((shortest, longest): (Duration, Duration)) -> String {
    format!("\"{}..{}\"", written(shortest), written(longest))
}

fn quoted(duration: Duration) -> String {
    format!("\"{}\"", written(duration))
}

fn without_quotes(key: &Key, value: &str) -> Refusal {
    let text = format!("a duration stands in quotes; write `{}`", key.with(value));
    (&catalog::DURATION, text)
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
    (&catalog::DURATION, text)
}

fn empty(key: &Key) -> Refusal {
    let text = format!("`{}` is empty; write `{}`", key.name, key.shown());
    (&catalog::DURATION, text)
}

fn unreadable(key: &Key, what: &str, text: &str) -> Refusal {
    let text = format!(
        "{what} cannot be read from `{}`; write a whole number and a unit (`ms`, `s`, `m`, `h`, `d`), such as `{}`",
        excerpt(text.trim()),
        key.shown()
    );
    (&catalog::DURATION, text)
}
