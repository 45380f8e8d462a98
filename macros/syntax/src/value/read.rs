//! Reads the value of one key: a number, a flag, a choice, a list, a path.

use std::ops::RangeInclusive;

use syn::parse::Parser;

use super::{Refusal, Value, What};
use crate::environment;
use crate::keys::Key;
use crate::nearest::nearest;
use crate::place::Place;
use crate::queue_name;
use crate::rules;
use crate::rules::catalog;
use crate::schedule::{self, Schedule};
use crate::tokens::excerpt;

pub(super) fn wrong_type(key: &Key, value: &Value, wants: &str) -> Refusal {
    not_one_of(key, value, &format!("{wants}, such as `{}`", key.shown()))
}

/// The words for a value that is none of all that the key takes.
fn not_one_of(key: &Key, value: &Value, all: &str) -> Refusal {
    let text = format!("`{}` takes {all}, not {}", key.name, value.described());
    (&catalog::WRONG_TYPE, text)
}

fn write(key: &Key, wants: &str, value: &str, how: &str) -> Refusal {
    let text = format!(
        "`{}` takes {wants}; write `{}`{how}",
        key.name,
        key.with(value)
    );
    (&catalog::WRONG_TYPE, text)
}

/// A whole number in `range`.
pub(crate) fn integer(
    key: &Key,
    value: &Value,
    range: &RangeInclusive<u32>,
    unit: &str,
) -> Result<u32, Refusal> {
    let name = key.name;
    let (min, max) = (range.start(), range.end());
    let wants = format!("a whole number from {min} to {max}");
    let in_range = |digits: &str| digits.parse().ok().filter(|number| range.contains(number));
    let out_of_range = |number: &str| {
        let text = format!("`{name}` is {number}, but takes {min} to {max}{unit}");
        (&catalog::OUT_OF_RANGE, text)
    };
    match &value.what {
        What::Integer(digits, suffix) => match (in_range(digits), suffix.as_str()) {
            (Some(number), "") => Ok(number),
            (Some(_), suffix) => Err(write(key, &wants, digits, &format!(" without `{suffix}`"))),
            (None, _) => Err(out_of_range(&excerpt(digits))),
        },
        What::Negative => Err(out_of_range(&excerpt(&value.text))),
        What::Text(text) => Err(match in_range(number_in(text)) {
            Some(number) => write(key, &wants, &number.to_string(), " without quotes"),
            None => wrong_type(key, value, &wants),
        }),
        _ => Err(wrong_type(key, value, &wants)),
    }
}

/// The number of a text such as `512 MB`.
fn number_in(text: &str) -> &str {
    let text = text.trim();
    let (number, unit) = text.split_at(super::duration::digits(text));
    match unit.trim().chars().all(char::is_alphabetic) {
        true => number,
        false => "",
    }
}

/// `true` or `false`.
pub(crate) fn boolean(key: &Key, value: &Value) -> Result<bool, Refusal> {
    let wants = "`true` or `false`";
    let (word, how) = match &value.what {
        What::Flag(flag) => return Ok(*flag),
        What::Text(text) => (text.trim(), " without quotes"),
        What::Path(_) | What::Integer(..) => (value.text.as_str(), ""),
        _ => return Err(not_one_of(key, value, wants)),
    };
    let flag = match word.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => "true",
        "false" | "no" | "off" | "0" => "false",
        _ => return Err(not_one_of(key, value, wants)),
    };
    Err(write(key, wants, flag, how))
}

/// One of the strings of `choices`, as its place in them.
pub(crate) fn choice(key: &Key, value: &Value, choices: &[&str]) -> Result<usize, Refusal> {
    let quoted = choices.iter().map(|choice| format!("`\"{choice}\"`"));
    let list = quoted.collect::<Vec<_>>().join(" or ");
    let near = |text: &str| nearest(text, choices.iter().copied()).map(quote);
    let text = match &value.what {
        What::Text(text) => text,
        What::Path(_) if let Some(near) = near(&value.text) => {
            return Err(write(key, &list, &near, ""));
        }
        _ => return Err(not_one_of(key, value, &list)),
    };
    let chosen = choices.iter().position(|choice| choice == text);
    chosen.ok_or_else(|| {
        let hint = match near(text) {
            Some(near) => format!("; write `{}`", key.with(&near)),
            None => String::new(),
        };
        let refusal = format!(
            "`{}` takes {list}, not `\"{}\"`{hint}",
            key.name,
            excerpt(text)
        );
        (&catalog::UNKNOWN_CHOICE, refusal)
    })
}

/// The text of a string.
pub(crate) fn string(key: &Key, value: &Value) -> Result<String, Refusal> {
    if let What::Text(text) = &value.what {
        return Ok(text.clone());
    }
    if let What::Path(path) = &value.what
        && path.is_ident(&value.text.to_uppercase())
        && key.name == "queue"
    {
        let text = format!(
            "`{}` is read when it is compiled, where no constant has its value yet; write the text itself, such as `{}`",
            key.name,
            key.shown()
        );
        return Err((&catalog::WRONG_TYPE, text));
    }
    let is_meant = |text: &&String| is_text_of(key, text);
    let meant = [&value.text, &value.spaced].into_iter().find(is_meant);
    let cron = || cron(&value.spaced).filter(|text| is_text_of(key, text));
    Err(match meant.cloned().or_else(cron) {
        Some(text) => write(key, "a string", &quote(&text), ""),
        None => wrong_type(key, value, "a string"),
    })
}

fn quote(text: impl AsRef<str>) -> String {
    format!("\"{}\"", text.as_ref())
}

/// Whether the key takes this text.
fn is_text_of(key: &Key, text: &str) -> bool {
    match key.name {
        "dlq_redrive" => Schedule::parse(text).is_ok(),
        "redrive_timezone" => schedule::timezone(text).is_ok(),
        _ => queue_name::is_queue_name(text),
    }
}

/// A schedule that was written without quotes, as tokens with spaces between.
fn cron(spaced: &str) -> Option<String> {
    let signs = ['-', '/', ',', '#'];
    let joined = signs
        .iter()
        .fold(spaced.replace(" , ", ", "), |text, sign| {
            text.replace(&format!(" {sign} "), &sign.to_string())
                .replace(&format!(" {sign}"), &sign.to_string())
                .replace(&format!("{sign} "), &sign.to_string())
        });
    joined.ends_with(')').then_some(joined)
}

/// One string of a list, or why it is none.
type Listed = Result<(String, Place), (Place, Refusal)>;

/// A list of strings, or one string alone.
pub(crate) fn strings(key: &Key, value: &Value) -> Vec<Listed> {
    let one = |value: &Value| match &value.what {
        What::Text(text) => Ok((text.clone(), value.place)),
        What::Path(_) if is_listed(key, &value.text) => {
            let text = format!(
                "`{}` takes strings; write `\"{}\"` with quotes",
                key.name, value.text
            );
            Err((value.place, (&catalog::WRONG_TYPE, text)))
        }
        _ => Err((value.place, wrong_type(key, value, "strings"))),
    };
    match &value.what {
        What::List(values) => values.iter().map(one).collect(),
        _ => vec![one(value)],
    }
}

/// Whether this can be one of the key's strings.
fn is_listed(key: &Key, text: &str) -> bool {
    match key.name {
        "allow" => rules::allowable(text).is_ok(),
        _ => environment::policy(text).is_ok(),
    }
}

/// A path such as `connect` or `OrderError::is_permanent`.
pub(crate) fn path(key: &Key, value: &Value) -> Result<syn::Path, Refusal> {
    let wants = match key.name {
        "crate" => "the path of a crate",
        _ => "the path of a function",
    };
    match &value.what {
        What::Path(path) => Ok(path.clone()),
        What::Text(text) => {
            let text = text.trim();
            let text = text.strip_suffix("()").unwrap_or(text);
            Err(match is_path(text) {
                true => write(key, wants, text, " without quotes"),
                false => wrong_type(key, value, wants),
            })
        }
        _ => Err(
            match value.text.strip_suffix("()").filter(|text| is_path(text)) {
                Some(text) => write(key, wants, text, " without `()`"),
                None => wrong_type(key, value, wants),
            },
        ),
    }
}

/// Whether this is a path; rustc itself complains of a text that is no tokens.
fn is_path(text: &str) -> bool {
    let parse = <syn::ExprPath as syn::parse::Parse>::parse;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_:<>".contains(c);
    (1..=100).contains(&text.len())
        && text.chars().all(is_plain)
        && !matches!(text, "true" | "false")
        && parse.parse_str(text).is_ok()
}
