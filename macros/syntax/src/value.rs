//! Reads the value of one key: an integer, a duration, a choice, a list.

use std::ops::RangeInclusive;
use std::time::Duration;

use syn::{Expr, ExprArray, ExprLit, Lit};

use crate::nearest::nearest;

/// Why a value cannot be used: a rule's id and the words.
pub(crate) type Refusal = (&'static str, String);

/// What a key holds instead of what it should.
fn describe(value: &Expr) -> &'static str {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => match lit {
            Lit::Str(_) => "a string",
            Lit::Int(_) => "an integer",
            Lit::Float(_) => "a decimal number",
            Lit::Bool(_) => "a boolean",
            _ => "this literal",
        },
        Expr::Array(_) => "a list",
        Expr::Path(_) => "a name",
        Expr::Unary(_) => "a negative number",
        _ => "an expression",
    }
}

fn wrong_type(key: &str, value: &Expr, wants: &str) -> Refusal {
    let found = describe(value);
    ("wrong_type", format!("`{key}` takes {wants}, not {found}"))
}

/// The text of a string literal.
pub(crate) fn string(key: &str, value: &Expr, example: &str) -> Result<String, Refusal> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Ok(text.value()),
        _ => Err(wrong_type(
            key,
            value,
            &format!("a string such as `\"{example}\"`"),
        )),
    }
}

/// An integer within `range`.
pub(crate) fn integer(
    key: &str,
    value: &Expr,
    range: RangeInclusive<u32>,
    unit: &str,
) -> Result<u32, Refusal> {
    let (min, max) = (range.start(), range.end());
    let wants = format!("a whole number from {min} to {max}");
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => {
            let digits = number.base10_digits();
            let out_of_range = || {
                (
                    "out_of_range",
                    format!("`{key}` is {digits}, but takes {min} to {max}{unit}"),
                )
            };
            let number: u32 = digits.parse().map_err(|_| out_of_range())?;
            if range.contains(&number) {
                Ok(number)
            } else {
                Err(out_of_range())
            }
        }
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if text
            .value()
            .trim()
            .parse()
            .is_ok_and(|number| range.contains(&number)) =>
        {
            Err((
                "wrong_type",
                format!(
                    "`{key}` takes {wants}; write `{key} = {}` without quotes",
                    text.value().trim()
                ),
            ))
        }
        Expr::Unary(_) => Err((
            "out_of_range",
            format!("`{key}` is negative, but takes {min} to {max}{unit}"),
        )),
        _ => Err(wrong_type(key, value, &wants)),
    }
}

/// `true` or `false`.
pub(crate) fn boolean(key: &str, value: &Expr) -> Result<bool, Refusal> {
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(flag),
            ..
        }) => Ok(flag.value),
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if matches!(text.value().as_str(), "true" | "false") => Err((
            "wrong_type",
            format!(
                "`{key}` takes `true` or `false`; write `{key} = {}` without quotes",
                text.value()
            ),
        )),
        _ => Err(wrong_type(key, value, "`true` or `false`")),
    }
}

/// One of the strings of `choices`, as its place in them.
pub(crate) fn choice(key: &str, value: &Expr, choices: &[&str]) -> Result<usize, Refusal> {
    let list = choices
        .iter()
        .map(|choice| format!("`\"{choice}\"`"))
        .collect::<Vec<_>>()
        .join(" or ");
    let Expr::Lit(ExprLit {
        lit: Lit::Str(text),
        ..
    }) = value
    else {
        return Err(wrong_type(key, value, &list));
    };
    let text = text.value();
    choices
        .iter()
        .position(|choice| *choice == text)
        .ok_or_else(|| {
            let hint = nearest(&text, choices.iter().copied())
                .map(|near| format!("; did you mean `\"{near}\"`?"));
            (
                "unknown_choice",
                format!(
                    "`{key}` takes {list}, not `\"{text}\"`{}",
                    hint.unwrap_or_default()
                ),
            )
        })
}

/// A list of strings, or one string alone.
pub(crate) fn strings(
    key: &str,
    value: &Expr,
) -> Result<Vec<(String, proc_macro2::Span)>, Refusal> {
    let text = |value: &Expr| match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Ok((text.value(), text.span())),
        _ => Err(wrong_type(key, value, "strings: `[\"…\", \"…\"]`")),
    };
    match value {
        Expr::Array(ExprArray { elems, .. }) => elems.iter().map(text).collect(),
        _ => Ok(vec![text(value)?]),
    }
}

/// A path such as `connect` or `OrderError::is_permanent`.
pub(crate) fn path(key: &str, value: &Expr) -> Result<syn::Path, Refusal> {
    match value {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if text.parse::<syn::Path>().is_ok() => Err((
            "wrong_type",
            format!(
                "`{key}` takes the path of a function; write `{key} = {}` without quotes",
                text.value()
            ),
        )),
        _ => Err(wrong_type(key, value, "the path of a function")),
    }
}

/// A duration with a unit, such as `"30s"`, within `range`.
pub(crate) fn duration(
    key: &str,
    value: &Expr,
    range: &RangeInclusive<Duration>,
) -> Result<Duration, Refusal> {
    let offer = |text: &str| is_taken(key, text, range).then(|| text.to_owned());
    let text = duration_text(key, value, "30s", offer)?;
    in_range(key, parse_duration(key, &text, range)?, range)
}

/// Two durations, such as `"200ms..5s"`, both within `range`.
pub(crate) fn durations(
    key: &str,
    value: &Expr,
    range: &RangeInclusive<Duration>,
) -> Result<(Duration, Duration), Refusal> {
    let twice = |text: &str| is_taken(key, text, range).then(|| format!("{text}..{text}"));
    let text = duration_text(key, value, "1s..30s", twice)?;
    let Some((min, max)) = text.split_once("..") else {
        let way = match twice(&text) {
            Some(twice) => format!("write `\"{twice}\"` for a wait that does not grow"),
            None => "write both, such as `\"1s..30s\"`".to_owned(),
        };
        return Err((
            "duration",
            format!("`{key}` takes the shortest and the longest wait; {way}"),
        ));
    };
    let max = max.strip_prefix('=').unwrap_or(max);
    let min = in_range(key, parse_duration(key, min, range)?, range)?;
    let max = in_range(key, parse_duration(key, max, range)?, range)?;
    if min > max {
        return Err((
            "backoff_order",
            format!(
                "`{key}` goes from {} down to {}; write the shorter one first",
                show(min),
                show(max)
            ),
        ));
    }
    Ok((min, max))
}

/// Whether this is a duration that the key takes. Where the least is in whole
/// seconds, so are the others.
fn is_taken(key: &str, text: &str, range: &RangeInclusive<Duration>) -> bool {
    let is_counted_in_seconds = range.start().subsec_nanos() == 0;
    parse_duration(key, text, range).is_ok_and(|duration| {
        range.contains(&duration) && !(is_counted_in_seconds && duration.subsec_nanos() > 0)
    })
}

/// The text of a duration; `offer` gives what to write for the seconds that a
/// bare number may have meant, if the key takes them.
fn duration_text(
    key: &str,
    value: &Expr,
    example: &str,
    offer: impl Fn(&str) -> Option<String>,
) -> Result<String, Refusal> {
    let such_as = format!("a duration with its unit, such as `\"{example}\"`");
    match value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Ok(text.value()),
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) => {
            let text = match offer(&format!("{}s", number.base10_digits())) {
                Some(text) => format!(
                    "`{key}` takes a duration with its unit; write `{key} = \"{text}\"` for seconds"
                ),
                None => format!("`{key}` takes {such_as}"),
            };
            Err(("duration", text))
        }
        _ => Err(wrong_type(key, value, &such_as)),
    }
}

/// The units of a duration, and the milliseconds in each.
pub(crate) const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

fn parse_duration(
    key: &str,
    text: &str,
    range: &RangeInclusive<Duration>,
) -> Result<Duration, Refusal> {
    let trimmed = text.trim();
    let digits = trimmed.len()
        - trimmed
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    let (number, unit) = trimmed.split_at(digits);
    let refuse = |hint: String| {
        (
            "duration",
            format!("`{key}` cannot be read from `\"{text}\"`; {hint}"),
        )
    };
    let Ok(number) = number.parse::<u64>() else {
        return Err(refuse(
            "write a whole number and a unit (`ms`, `s`, `m`, `h`, `d`), such as `\"30s\"`"
                .to_owned(),
        ));
    };
    let known = UNITS.iter().find(|(name, _)| *name == unit);
    let Some((_, milliseconds)) = known else {
        let meant = meant_unit(unit.trim()).map(|unit| format!("{number}{unit}"));
        return Err(refuse(
            match meant.filter(|meant| is_taken(key, meant, range)) {
                Some(meant) => format!("did you mean `\"{meant}\"`?"),
                None => format!(
                    "write a unit (`ms`, `s`, `m`, `h`, `d`) behind the number, such as `\"{number}s\"`"
                ),
            },
        ));
    };
    number
        .checked_mul(*milliseconds)
        .map(Duration::from_millis)
        .ok_or_else(|| refuse("the number is too large".to_owned()))
}

fn meant_unit(unit: &str) -> Option<&'static str> {
    Some(match unit.to_ascii_lowercase().as_str() {
        "ms" | "msec" | "msecs" | "milli" | "millis" | "millisecond" | "milliseconds" => "ms",
        "s" | "sec" | "secs" | "second" | "seconds" => "s",
        "m" | "min" | "mins" | "minute" | "minutes" => "m",
        "h" | "hr" | "hrs" | "hour" | "hours" => "h",
        "d" | "day" | "days" => "d",
        _ => return None,
    })
}

fn in_range(
    key: &str,
    duration: Duration,
    range: &RangeInclusive<Duration>,
) -> Result<Duration, Refusal> {
    if range.contains(&duration) {
        return Ok(duration);
    }
    let (min, max) = (show(*range.start()), show(*range.end()));
    Err((
        "out_of_range",
        format!("`{key}` is {}, but takes {min} to {max}", show(duration)),
    ))
}

/// A duration in the largest unit that holds it whole: `30s`, `14d`.
pub fn show(duration: Duration) -> String {
    let milliseconds = duration.as_millis();
    if milliseconds == 0 {
        return "0s".to_owned();
    }
    let (name, unit) = UNITS
        .iter()
        .rev()
        .find(|(_, unit)| milliseconds.is_multiple_of(u128::from(*unit)))
        .copied()
        .unwrap_or(("ms", 1));
    format!("{}{name}", milliseconds / u128::from(unit))
}

/// Whole seconds, for the settings that AWS counts in seconds.
pub(crate) fn whole_seconds(key: &str, duration: Duration) -> Result<u32, Refusal> {
    if duration.subsec_nanos() != 0 {
        return Err((
            "duration",
            format!(
                "`{key}` is {}, but AWS counts it in whole seconds",
                show(duration)
            ),
        ));
    }
    u32::try_from(duration.as_secs()).map_err(|_| ("out_of_range", format!("`{key}` is too long")))
}
